package io.relook.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.client.RelookConnection;
import io.relook.client.RelookSettings;
import io.relook.embedded.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightIT {

  @Test
  void onlyModelsThatExistForbidAnEmptyStart(@TempDir Path directory) {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      new RelookConnection(RelookSettings.of(kafka.bootstrapServers()))
          .topics()
          .create(Map.of(), Optional.of((short) 1));
      KafkaSettings settings =
          new KafkaSettings(
              kafka.bootstrapServers(),
              Map.of(),
              "relook.",
              "relook.",
              "relook",
              Duration.ofDays(1));
      assertThat(Preflight.check(settings, false, false).imagePartitions()).isPositive();

      write(kafka, "arn/1", "aborted", false);
      write(kafka, "arn/2", "a model", true);
      write(kafka, "arn/2", null, true);
      assertThat(Preflight.check(settings, false, false).imagePartitions())
          .as("offsets, but no model")
          .isPositive();

      write(kafka, "arn/3", "a model", true);
      assertThatThrownBy(() -> Preflight.check(settings, false, false))
          .hasMessageContaining("The topic relook.models has models");
      assertThat(Preflight.check(settings, false, true).imagePartitions())
          .as("from a checkpoint")
          .isPositive();
    }
  }

  private static void write(
      EmbeddedKafka kafka, String key, @Nullable String value, boolean commit) {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "transactional.id",
                "test",
                "transaction.timeout.ms",
                "60000"),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(
          new ProducerRecord<>(
              "relook.models", key, value == null ? null : value.getBytes(StandardCharsets.UTF_8)));
      producer.flush();
      if (commit) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
    }
  }
}

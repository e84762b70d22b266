package io.relook.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.embedded.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaMessageLogIT {
  private static final String TOPIC = "relook.images";

  @Test
  void aMessageIsReadAgainAsLongAsItsTopicKeepsIt(@TempDir Path directory) throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory);
        Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1))).all().get();
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", kafka.bootstrapServers()),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        for (String value : List.of("first", "second", "third")) {
          producer.send(new ProducerRecord<>(TOPIC, 1, bytes("key"), bytes(value))).get();
        }
      }
      MessageLog log = new KafkaMessageLog(kafka.bootstrapServers(), Map.of());

      KafkaRecord again = log.read(place(1)).orElseThrow();
      assertThat(again.value()).isEqualTo(bytes("second"));
      assertThat(again.key()).isEqualTo(bytes("key"));
      assertThat(again.place()).isEqualTo("relook.images-1-1");
      assertThat(again.timestamp()).isEqualTo(42);

      admin
          .deleteRecords(Map.of(new TopicPartition(TOPIC, 1), RecordsToDelete.beforeOffset(2)))
          .all()
          .get();
      assertThat(log.read(place(1))).isEqualTo(Optional.empty());
      assertThat(log.read(place(2)).orElseThrow().value()).isEqualTo(bytes("third"));
    }
  }

  private static KafkaRecord place(long offset) {
    return new KafkaRecord(TOPIC, 1, offset, 42, null, null);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

package org.apache.flink.connector.kafka.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.embedded.EmbeddedFlink;
import io.relook.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a job leaves behind in its task manager, be it finished or failed. */
@Tag("slow")
class AdminClosingKafkaSinkIT {
  private static final String PREFIX = "test";
  private static final String TOPIC = "words";

  private final KafkaRecordSerializationSchema<String> serializer =
      KafkaRecordSerializationSchema.<String>builder()
          .setTopic(TOPIC)
          .setValueSerializationSchema(new SimpleStringSchema())
          .build();

  @Test
  void noAdminClientIsLeftBehind(@TempDir Path directory) throws Exception {
    try (EmbeddedFlink flink =
        EmbeddedFlink.start(EmbeddedFlink.Settings.in(directory.resolve("flink")))) {
      Set<Thread> before;
      KafkaSink<String> sink;
      try (EmbeddedKafka kafka =
          EmbeddedKafka.start(directory.resolve("kafka"), EmbeddedKafka.Settings.defaults())) {
        createTopic(kafka);
        sink = sink(kafka);
        before = adminClients();
        write(flink, adminClosing(sink));
        awaitAdminClients(before);

        write(flink, sink);
        assertThat(adminClients())
            .as("where this fails the connector has learned to close: use its own sink")
            .hasSizeGreaterThan(before.size());
        before = adminClients();
      }
      assertThatThrownBy(() -> write(flink, adminClosing(sink)))
          .as("the broker is gone")
          .hasRootCauseInstanceOf(TimeoutException.class);
      awaitAdminClients(before);
    }
  }

  private static void createTopic(EmbeddedKafka kafka) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
    }
  }

  private KafkaSink<String> sink(EmbeddedKafka kafka) {
    return KafkaSink.<String>builder()
        .setBootstrapServers(kafka.bootstrapServers())
        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
        .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
        .setTransactionalIdPrefix(PREFIX)
        .setRecordSerializer(serializer)
        .setProperty("default.api.timeout.ms", "2000")
        .setProperty("request.timeout.ms", "1000")
        .build();
  }

  private KafkaSink<String> adminClosing(KafkaSink<String> sink) {
    return new AdminClosingKafkaSink<>(sink, PREFIX, serializer);
  }

  private static void write(EmbeddedFlink flink, KafkaSink<String> sink) throws Exception {
    StreamExecutionEnvironment env = flink.environment(1, Optional.empty());
    env.configure(new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none"));
    env.fromData("a", "b").sinkTo(sink);
    env.execute();
  }

  private static void awaitAdminClients(Set<Thread> expected) {
    Awaitility.await().until(AdminClosingKafkaSinkIT::adminClients, expected::equals);
  }

  private static Set<Thread> adminClients() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("kafka-admin-client-thread"))
        .collect(Collectors.toSet());
  }
}

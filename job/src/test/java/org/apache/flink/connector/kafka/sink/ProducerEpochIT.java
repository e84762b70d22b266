package org.apache.flink.connector.kafka.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.embedded.EmbeddedFlink;
import io.relook.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The epochs that a sink's transactions have, in its log. */
@Timeout(120)
class ProducerEpochIT {
  private static final String TOPIC = "words";
  private static final Pattern LINE =
      Pattern.compile("transaction epochs-\\S+ of producer \\d+ at epoch (\\d+)\\.");

  /** Keeps what a logger says. */
  private static final class Lines extends AbstractAppender {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    Lines() {
      super("epochs", null, null, true, Property.EMPTY_ARRAY);
      start();
    }

    @Override
    public void append(LogEvent event) {
      lines.add(event.getMessage().getFormattedMessage());
    }

    List<Integer> epochs() {
      return lines.stream()
          .flatMap(line -> LINE.matcher(line).results())
          .map((MatchResult match) -> Integer.valueOf(match.group(1)))
          .toList();
    }
  }

  @Test
  void eachUseOfATransactionalIdRaisesItsEpoch(@TempDir Path directory) throws Exception {
    Logger logger = (Logger) LogManager.getLogger(AdminClosingKafkaSink.class);
    Level before = logger.getLevel();
    Lines lines = new Lines();
    logger.addAppender(lines);
    logger.setLevel(Level.DEBUG);
    try (EmbeddedKafka kafka =
            EmbeddedKafka.start(directory.resolve("kafka"), EmbeddedKafka.Settings.defaults());
        EmbeddedFlink flink =
            EmbeddedFlink.start(EmbeddedFlink.Settings.in(directory.resolve("flink")))) {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
        admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
      }
      write(flink, kafka);
      List<Integer> first = lines.epochs();
      write(flink, kafka);

      assertThat(first).isNotEmpty();
      List<Integer> all = lines.epochs();
      assertThat(all.get(all.size() - 1)).isGreaterThan(first.get(first.size() - 1));
    } finally {
      logger.setLevel(before);
      logger.removeAppender(lines);
    }
  }

  private static void write(EmbeddedFlink flink, EmbeddedKafka kafka) throws Exception {
    KafkaRecordSerializationSchema<String> serializer =
        KafkaRecordSerializationSchema.<String>builder()
            .setTopic(TOPIC)
            .setValueSerializationSchema(new SimpleStringSchema())
            .build();
    KafkaSink<String> sink =
        KafkaSink.<String>builder()
            .setBootstrapServers(kafka.bootstrapServers())
            .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
            .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
            .setTransactionalIdPrefix("epochs")
            .setRecordSerializer(serializer)
            .build();
    StreamExecutionEnvironment env = flink.environment(1, Optional.empty());
    env.fromData("a", "b").sinkTo(new AdminClosingKafkaSink<>(sink, "epochs", serializer));
    env.execute();
  }
}

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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The epochs that a sink's transactions have, in its log. */
@Timeout(120)
class ProducerEpochIT {
  private static final String TOPIC = "words";
  private static final Pattern LINE =
      Pattern.compile("transaction (?<id>epochs-\\S+) of producer \\d+ at epoch (?<epoch>\\d+)\\.");

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

    String transactionalId() {
      return lines.stream()
          .flatMap(line -> LINE.matcher(line).results())
          .map(match -> match.group(1))
          .findFirst()
          .orElseThrow();
    }

    List<Integer> epochs() {
      return lines.stream()
          .flatMap(line -> LINE.matcher(line).results())
          .map((MatchResult match) -> Integer.valueOf(match.group(2)))
          .toList();
    }
  }

  private interface Work {
    void with(EmbeddedFlink flink, EmbeddedKafka kafka, Admin admin, Lines lines) throws Exception;
  }

  private static void inAStack(Path directory, Work work) throws Exception {
    Logger logger = (Logger) LogManager.getLogger(AdminClosingKafkaSink.class);
    Level before = logger.getLevel();
    Lines lines = new Lines();
    logger.addAppender(lines);
    logger.setLevel(Level.DEBUG);
    try (EmbeddedKafka kafka =
            EmbeddedKafka.start(directory.resolve("kafka"), EmbeddedKafka.Settings.defaults());
        EmbeddedFlink flink =
            EmbeddedFlink.start(EmbeddedFlink.Settings.in(directory.resolve("flink")));
        Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
      work.with(flink, kafka, admin, lines);
    } finally {
      logger.setLevel(before);
      logger.removeAppender(lines);
    }
  }

  @Test
  void eachUseOfATransactionalIdRaisesItsEpoch(@TempDir Path directory) throws Exception {
    inAStack(
        directory,
        (flink, kafka, admin, lines) -> {
          write(flink, kafka);
          List<Integer> first = lines.epochs();
          write(flink, kafka);

          assertThat(first).isNotEmpty();
          List<Integer> all = lines.epochs();
          assertThat(all.get(all.size() - 1)).isGreaterThan(first.get(first.size() - 1));
        });
  }

  /** Fencing a producer raises its epoch by one; 32,000 take about a minute. */
  @Test
  @Tag("slow")
  @Timeout(300)
  void noTransactionHasTheLastEpoch(@TempDir Path directory) throws Exception {
    inAStack(
        directory,
        (flink, kafka, admin, lines) -> {
          write(flink, kafka);
          List<String> id = List.of(lines.transactionalId());
          int epoch = epoch(admin, id);
          for (; epoch < AdminClosingKafkaSink.LAST_EPOCH - 1; epoch++) {
            admin.fenceProducers(id).all().get();
          }
          assertThat(epoch(admin, id)).isEqualTo(AdminClosingKafkaSink.LAST_EPOCH - 1);
          lines.lines.clear();

          write(flink, kafka);

          assertThat(lines.lines).anyMatch(line -> line.contains("gets another producer id"));
          assertThat(lines.epochs())
              .isNotEmpty()
              .allMatch(used -> used < AdminClosingKafkaSink.LAST_EPOCH);
        });
  }

  private static int epoch(Admin admin, List<String> id) throws Exception {
    return admin.describeTransactions(id).all().get().get(id.get(0)).producerEpoch();
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

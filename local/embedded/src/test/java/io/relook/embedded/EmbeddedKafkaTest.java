package io.relook.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {

  private static final String TOPIC = "letters";

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  Path directory;

  @Test
  void aReadCommittedConsumerSeesWhatWasCommittedAndNeverWhatWasAborted() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      createTopic(kafka);
      try (KafkaProducer<String, String> producer = transactionalProducer(kafka, "p", "60000")) {
        producer.initTransactions();
        producer.beginTransaction();
        send(producer, "a");
        producer.commitTransaction();
        producer.beginTransaction();
        send(producer, "never");
        producer.flush();
        producer.abortTransaction();
        producer.beginTransaction();
        send(producer, "b");
        producer.commitTransaction();
      }
      assertThat(readCommitted(kafka, 2)).containsExactly("a", "b");
    }
  }

  @Test
  void aTransactionMayStayOpenForSevenDaysAndNoLonger() {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      long sevenDays = Duration.ofDays(7).toMillis();
      try (KafkaProducer<String, String> producer =
          transactionalProducer(kafka, "p", Long.toString(sevenDays))) {
        producer.initTransactions();
      }
      try (KafkaProducer<String, String> producer =
          transactionalProducer(kafka, "q", Long.toString(sevenDays + 1))) {
        assertThatThrownBy(producer::initTransactions).hasMessageContaining("timeout");
      }
    }
  }

  @Test
  void aTransactionThatTimesOutStopsHidingLaterRecords() throws Exception {
    EmbeddedKafka.Settings settings =
        EmbeddedKafka.Settings.defaults().endingTimedOutTransactionsEvery(Duration.ofMillis(200));
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, settings)) {
      createTopic(kafka);
      try (KafkaProducer<String, String> forgetful = transactionalProducer(kafka, "p", "1000");
          KafkaProducer<String, String> plain = producer(kafka)) {
        forgetful.initTransactions();
        forgetful.beginTransaction();
        send(forgetful, "left open");
        forgetful.flush();
        send(plain, "later");
        plain.flush();
        assertThat(readCommitted(kafka, 1)).containsExactly("later");
      }
    }
  }

  @Test
  void topicsAndRecordsOutliveARestartOnOtherPorts() throws Exception {
    String first;
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      first = kafka.bootstrapServers();
      createTopic(kafka);
      sendAll(kafka, "a", "b");
    }
    try (EmbeddedKafka kafka =
        EmbeddedKafka.start(
            directory, EmbeddedKafka.Settings.defaults().onPort(FreePorts.next()))) {
      assertThat(kafka.bootstrapServers()).isNotEqualTo(first);
      sendAll(kafka, "c");
      assertThat(readCommitted(kafka, 3)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void stoppedAndStartedAgainItServesTheSameClientsOnTheSamePort() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      createTopic(kafka);
      try (KafkaProducer<String, String> producer = producer(kafka)) {
        producer.send(new ProducerRecord<>(TOPIC, "a")).get();
        kafka.stop();
        kafka.startAgain();
        producer.send(new ProducerRecord<>(TOPIC, "b")).get();
      }
      assertThat(readCommitted(kafka, 2)).containsExactly("a", "b");
    }
  }

  @Test
  void aMessageOfTwoMebibytesPasses() throws Exception {
    byte[] large = new byte[2 << 20];
    Arrays.fill(large, (byte) 7);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      createTopic(kafka);
      Map<String, Object> config =
          Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.request.size", 3 << 20);
      try (KafkaProducer<byte[], byte[]> producer =
              new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
          KafkaConsumer<byte[], byte[]> consumer =
              new KafkaConsumer<>(
                  Map.of("bootstrap.servers", kafka.bootstrapServers()),
                  new ByteArrayDeserializer(),
                  new ByteArrayDeserializer())) {
        producer.send(new ProducerRecord<>(TOPIC, large)).get();
        consumer.assign(List.of(new TopicPartition(TOPIC, 0)));
        consumer.seekToBeginning(consumer.assignment());
        List<byte[]> values = new ArrayList<>();
        await()
            .atMost(Duration.ofSeconds(20))
            .until(
                () -> {
                  consumer.poll(Duration.ofMillis(200)).forEach(r -> values.add(r.value()));
                  return !values.isEmpty();
                });
        assertThat(values.get(0)).isEqualTo(large);
      }
    }
  }

  @Test
  void askingForATopicDoesNotCreateIt() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory);
        Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      assertThatThrownBy(() -> admin.describeTopics(List.of(TOPIC)).allTopicNames().get())
          .isInstanceOf(ExecutionException.class);
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.block.ms", 1000),
              new StringSerializer(),
              new StringSerializer())) {
        assertThatThrownBy(() -> producer.send(new ProducerRecord<>(TOPIC, "a")).get())
            .hasMessageContaining(TOPIC);
      }
      assertThat(admin.listTopics().names().get()).isEmpty();
    }
  }

  @Test
  void aPortInUseIsNamedInTheMessage() {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("one"))) {
      int taken =
          Integer.parseInt(
              kafka.bootstrapServers().substring(kafka.bootstrapServers().indexOf(':') + 1));
      EmbeddedKafka.Settings settings = EmbeddedKafka.Settings.defaults().onPort(taken);
      assertThatThrownBy(() -> EmbeddedKafka.start(directory.resolve("two"), settings).close())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(Integer.toString(taken));
    }
  }

  @Test
  void aSecondBrokerOnTheSameDirectoryFailsAndTheFirstContinues() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
      assertThatThrownBy(() -> EmbeddedKafka.start(directory).close())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(directory + " is in use");
      createTopic(kafka);
      sendAll(kafka, "a");
      assertThat(readCommitted(kafka, 1)).containsExactly("a");
    }
  }

  static void createTopic(EmbeddedKafka kafka) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      NewTopic topic = new NewTopic(TOPIC, Optional.of(1), Optional.empty());
      admin.createTopics(List.of(topic)).all().get();
    }
  }

  static void sendAll(EmbeddedKafka kafka, String... values) {
    try (KafkaProducer<String, String> producer = producer(kafka)) {
      for (String value : values) {
        send(producer, value);
      }
      producer.flush();
    }
  }

  /** Reads until that many records came, and then whatever else is there. */
  static List<String> readCommitted(EmbeddedKafka kafka, int atLeast) {
    Map<String, Object> config =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      TopicPartition partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      List<String> values = new ArrayList<>();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                for (ConsumerRecord<String, String> record :
                    consumer.poll(Duration.ofMillis(200))) {
                  values.add(record.value());
                }
                // The end a read_committed consumer sees is the last stable offset: an abort marker
                // counts, so being there means that nothing more can come.
                return values.size() >= atLeast
                    && consumer.position(partition)
                        >= consumer
                            .endOffsets(List.of(partition))
                            .getOrDefault(partition, Long.MAX_VALUE);
              });
      return values;
    }
  }

  private static void send(KafkaProducer<String, String> producer, String value) {
    // A failure shows in flush, commit, or in what the reader misses.
    var unused = producer.send(new ProducerRecord<>(TOPIC, value));
  }

  private static KafkaProducer<String, String> producer(EmbeddedKafka kafka) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers()),
        new StringSerializer(),
        new StringSerializer());
  }

  private static KafkaProducer<String, String> transactionalProducer(
      EmbeddedKafka kafka, String id, String timeoutMs) {
    return new KafkaProducer<>(
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "transactional.id",
            id,
            "transaction.timeout.ms",
            timeoutMs),
        new StringSerializer(),
        new StringSerializer());
  }
}

package io.relook.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.relook.embedded.EmbeddedKafka;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateProject;
import io.relook.wire.DatasetType;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.ResourceArn;
import io.relook.wire.S3Location;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
// A record that never comes fails the test instead of holding up the build.
@Timeout(120)
class ClientIT {
  private static final Duration SHORT = Duration.ofMillis(200);
  @TempDir private static Path directory;
  private static EmbeddedKafka kafka;
  private static RelookConnection relook;

  @BeforeAll
  static void startABroker() {
    kafka = EmbeddedKafka.start(directory);
    relook = connection("it.");
    relook.topics().create(Map.of(Topic.IMAGES, 3), Optional.empty());
  }

  @AfterAll
  static void stopTheBroker() {
    kafka.close();
  }

  @Test
  void topicsAreCreatedOnceAndThenCompared() {
    Topics topics = connection("topics.").topics();
    List<Topics.State> first = topics.create(Map.of(), Optional.empty());
    assertThat(first).hasSize(Topic.values().length).allMatch(Topics.State::created);
    assertThat(first).allSatisfy(state -> assertThat(state.differences()).isEmpty());
    List<Topics.State> second = topics.create(Map.of(Topic.MODELS, 2), Optional.empty());
    assertThat(second).noneMatch(Topics.State::created);
    assertThat(second.get(Topic.MODELS.ordinal()).differences())
        .containsExactly("partitions is 1, not 2");
  }

  @Test
  void imagesArriveInOrderUnderTheProjectsKeyWithTheBrokersTime() {
    List<LabeledImage> sent = new ArrayList<>();
    try (ImagesProducer images = relook.images()) {
      for (int i = 0; i < 200; i++) {
        sent.add(anImage("ref-" + i, new byte[100]));
      }
      sent.forEach(images::send);
      images.flush();
      images.withdraw(new ImageWithdrawal("acme", "cookies", "ref-0", null)).join();
    }
    List<TopicReader.Message> read = readAll(relook, Topic.IMAGES);
    List<SpecificRecord> records = read.stream().flatMap(m -> m.decoded().stream()).toList();
    assertThat(records).startsWith(sent.toArray(new SpecificRecord[0])).hasSize(201);
    assertThat(read).allSatisfy(m -> assertThat(m.key()).isEqualTo("acme/cookies"));
    assertThat(read).allSatisfy(m -> assertThat(m.timestamp()).isAfter(Instant.EPOCH));
  }

  @Test
  void aPictureOfTheLargestInlineSizeFitsWithItsMask() {
    LabeledImage image =
        LabeledImage.newBuilder(anImage("big", new byte[Topic.INLINE_PICTURE_BYTES]))
            .setProject("large")
            .setMaskBytes(ByteBuffer.wrap(new byte[Topic.INLINE_PICTURE_BYTES]))
            .build();
    try (ImagesProducer images = relook.images()) {
      assertThat(images.send(image).join().serializedValueSize())
          .isGreaterThan(2 * Topic.INLINE_PICTURE_BYTES);
    }
  }

  @Test
  void aCommandGetsItsOwnReplyAndOnlyItsOwn() throws Exception {
    AtomicInteger ids = new AtomicInteger();
    RelookConnection own = connection("commands.", () -> "request-" + ids.incrementAndGet());
    own.topics().create(Map.of(), Optional.empty());
    try (Commands commands = own.commands();
        TopicReader arriving = own.read(Topic.COMMANDS, TopicReader.From.BEGINNING)) {
      CompletableFuture<CommandReply> first =
          commands.send(commands.command(new CreateProject("cookies", "token")));
      CompletableFuture<CommandReply> second =
          commands.send(commands.command(new CreateProject("toys", "token")));
      List<Command> received = new ArrayList<>();
      while (received.size() < 2) {
        arriving.poll(SHORT).forEach(m -> received.add((Command) m.decoded().orElseThrow()));
      }
      assertThat(received).extracting(Command::getAccount).containsOnly("acme");
      // Answered in the other order, and inside a transaction that is committed.
      write("commands.", List.of(aReplyTo(received.get(1)), aReplyTo(received.get(0))), true);
      assertThat(first.join().getRequestId()).isEqualTo("request-1");
      assertThat(second.join().getRequestId()).isEqualTo("request-2");
    }
  }

  @Test
  void aReplyOfAnAbortedTransactionIsNotRead() throws Exception {
    RelookConnection own = connection("aborted.", () -> "request-1");
    own.topics().create(Map.of(), Optional.empty());
    try (Commands commands = own.commands()) {
      Command command = commands.command(new CreateProject("cookies", "token"));
      CompletableFuture<CommandReply> reply = commands.send(command, Duration.ofSeconds(2));
      write("aborted.", List.of(aReplyTo(command)), false);
      Throwable failure = catchThrowable(reply::join);
      assertThat(failure).isInstanceOf(CompletionException.class);
      assertThat(failure.getCause())
          .isInstanceOf(RelookException.class)
          .hasMessageStartingWith("No reply to CreateProject came within 2000 ms:");
    }
  }

  @Test
  void theLatestEventOfAModelIsItsStateAndATombstoneEndsIt() throws Exception {
    RelookConnection own = connection("models.");
    own.topics().create(Map.of(), Optional.empty());
    write(
        "models.",
        List.of(
            aModel("9", ModelStatus.TRAINING),
            aModel("10", ModelStatus.TRAINING),
            aModel("10", ModelStatus.TRAINED)),
        true);
    try (Models models = own.models()) {
      models.catchUp(own.clock());
      assertThat(models.find("acme", "cookies", "latest"))
          .hasValueSatisfying(m -> assertThat(m.getModelVersion()).isEqualTo("10"));
      assertThat(models.find("acme", "cookies", "9"))
          .hasValueSatisfying(m -> assertThat(m.getStatus()).isEqualTo(ModelStatus.TRAINING));
      assertThat(models.find("acme", "other", "latest")).isEmpty();
      try (KafkaProducer<String, byte[]> producer = producer(Map.of())) {
        producer.send(new ProducerRecord<>("models.models", "arn:9", null)).get();
        producer.send(new ProducerRecord<>("models.models", "arn:9", null)).get();
      }
      Set<Object> seen = new HashSet<>();
      while (models.find("arn:9").isPresent()) {
        seen.addAll(models.next(SHORT));
      }
      assertThat(seen).isEmpty();
    }
  }

  @Test
  void bytesThatAreNoRecordAreReadAsSuch() throws Exception {
    RelookConnection own = connection("broken.");
    own.topics().create(Map.of(), Optional.empty());
    try (KafkaProducer<String, byte[]> producer = producer(Map.of())) {
      producer
          .send(
              new ProducerRecord<>(
                  "broken.outcomes", null, "no avro".getBytes(StandardCharsets.UTF_8)))
          .get();
    }
    List<TopicReader.Message> read = readAll(own, Topic.OUTCOMES);
    assertThat(read).hasSize(1);
    assertThat(read.get(0).decoded()).isEmpty();
    assertThat(read.get(0).key()).isNull();
  }

  @Test
  void aReaderFromTheEndSeesWhatIsWrittenAfterItWasOpenedAndNothingBefore() throws Exception {
    RelookConnection own = connection("end.");
    own.topics().create(Map.of(), Optional.empty());
    write("end.", List.of(aModel("1", ModelStatus.TRAINING)), true);
    try (TopicReader reader = own.read(Topic.MODELS, TopicReader.From.END)) {
      // Written before anything is asked of the reader: where it starts must be fixed already.
      write("end.", List.of(aModel("2", ModelStatus.TRAINING)), true);
      List<TopicReader.Message> read = new ArrayList<>();
      while (read.isEmpty()) {
        read.addAll(reader.poll(SHORT));
      }
      assertThat(read)
          .extracting(m -> ((ModelMetadata) m.decoded().orElseThrow()).getModelVersion())
          .containsExactly("2");
    }
  }

  @Test
  void aMissingTopicIsNamed() {
    assertThat(
            catchThrowable(
                () -> connection("nowhere.").read(Topic.MODELS, TopicReader.From.BEGINNING)))
        .isInstanceOf(RelookException.class)
        .hasMessageContaining("relook topics create");
  }

  @Test
  void aMissingBrokerIsUnreachable() {
    RelookSettings nobody = RelookSettings.of("127.0.0.1:1").with(Setting.TIMEOUT, "1s");
    Throwable failure =
        catchThrowable(() -> new RelookConnection(nobody).read(Topic.MODELS, TopicReader.From.END));
    assertThat(failure).isInstanceOf(RelookException.class);
    assertThat(((RelookException) failure).kind()).isEqualTo(RelookException.Kind.UNREACHABLE);
    assertThat(failure).hasMessageContaining("127.0.0.1:1 did not answer within 1000 ms");
  }

  private static List<TopicReader.Message> readAll(RelookConnection from, Topic topic) {
    List<TopicReader.Message> messages = new ArrayList<>();
    try (TopicReader reader = from.read(topic, TopicReader.From.BEGINNING)) {
      while (!reader.caughtUp()) {
        messages.addAll(reader.poll(SHORT));
      }
    }
    return messages;
  }

  private static void write(String prefix, List<SpecificRecord> records, boolean commit)
      throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        producer(Map.of("transactional.id", prefix + commit))) {
      producer.initTransactions();
      producer.beginTransaction();
      for (SpecificRecord record : records) {
        Topic topic = record instanceof CommandReply ? Topic.REPLIES : Topic.MODELS;
        producer.send(
            new ProducerRecord<>(
                topic.name(prefix), topic.key(record), MessageCodec.standard().encode(record)));
      }
      if (commit) {
        producer.commitTransaction();
      } else {
        producer.flush();
        producer.abortTransaction();
      }
    }
  }

  private static KafkaProducer<String, byte[]> producer(Map<String, Object> more) {
    Map<String, Object> config = new HashMap<>(more);
    config.put("bootstrap.servers", kafka.bootstrapServers());
    return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
  }

  @Test
  void doctorNamesAForeignTransactionThatHoldsReadersBack() {
    connection("held.").topics().create(Map.of(), Optional.empty());
    try (KafkaProducer<byte[], byte[]> camera = transactional("line-camera-7");
        KafkaProducer<byte[], byte[]> job = transactional("relook-data-1");
        KafkaProducer<byte[], byte[]> committed = transactional("line-camera-8")) {
      camera.send(new ProducerRecord<>("held.images", 0, null, new byte[] {1}));
      camera.flush();
      job.send(new ProducerRecord<>("held.datasets", new byte[] {2}, new byte[] {2}));
      job.flush();
      committed.send(new ProducerRecord<>("held.images", 0, null, new byte[] {3}));
      committed.commitTransaction();

      assertThat(transactions(Duration.ZERO).problems()).as("a minute is allowed").isEmpty();
      assertThat(String.valueOf(transactions(Duration.ZERO).facts().get("foreign")))
          .contains("transaction line-camera-7 for");
      assertThat(transactions(Duration.ofMinutes(2)).problems())
          .singleElement()
          .asString()
          .startsWith("The transaction line-camera-7 (producer id ")
          .contains(
              ", epoch ", "is open for 2 min", "holds readers back: 3 records of held.images-0")
          .contains("forceTerminateTransaction --transactionalId line-camera-7");

      camera.abortTransaction();
      assertThat(transactions(Duration.ofMinutes(2)).problems()).isEmpty();
    }
  }

  /** The job's own transactions are allowed to be an hour old. */
  private static Diagnosis transactions(Duration later) {
    Clock clock = Clock.offset(Clock.systemUTC(), later);
    try (KafkaDoctor doctor = new RelookConnection(settings("held."), clock, () -> "id").doctor()) {
      return doctor.transactions("relook", Duration.ofHours(1));
    }
  }

  private static KafkaProducer<byte[], byte[]> transactional(String id) {
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrapServers(),
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                id),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
    producer.beginTransaction();
    return producer;
  }

  private static RelookConnection connection(String prefix) {
    return connection(prefix, () -> "id");
  }

  private static RelookConnection connection(String prefix, Supplier<String> ids) {
    return new RelookConnection(
        settings(prefix), Clock.tick(Clock.system(ZoneOffset.UTC), Duration.ofMillis(1)), ids);
  }

  private static RelookSettings settings(String prefix) {
    return RelookSettings.of(kafka.bootstrapServers())
        .with(Setting.TOPIC_PREFIX, prefix)
        .with(Setting.ACCOUNT, "acme");
  }

  private static LabeledImage anImage(String sourceRef, byte[] bytes) {
    return LabeledImage.newBuilder()
        .setAccount("acme")
        .setProject("cookies")
        .setSourceRef(sourceRef)
        .setImageBytes(ByteBuffer.wrap(bytes))
        .setLabel(Label.NORMAL)
        .setDataset(DatasetType.TRAIN)
        .build();
  }

  private static CommandReply aReplyTo(Command command) {
    return CommandReply.newBuilder()
        .setRequestId(command.getRequestId())
        .setAccount(command.getAccount())
        .setOperation("CreateProject")
        .setCommandTopic("commands")
        .setCommandPartition(0)
        .setCommandOffset(0)
        .setCommandTimestamp(Instant.EPOCH)
        .setAnswer(new ResourceArn("arn"))
        .build();
  }

  private static ModelMetadata aModel(String version, ModelStatus status) {
    return ModelMetadata.newBuilder()
        .setAccount("acme")
        .setProjectName("cookies")
        .setModelVersion(version)
        .setModelArn("arn:" + version)
        .setCreationTimestamp(Instant.EPOCH)
        .setStatus(status)
        .setStatusMessage("A sentence.")
        .setOutputConfig(new OutputConfig(new S3Location("models", "")))
        .build();
  }
}

package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.TopicReader;
import io.relook.client.cli.RelookCommand;
import io.relook.job.contract.Contract;
import io.relook.job.stack.ForgedMarkers;
import io.relook.job.stack.Log;
import io.relook.job.stack.SecuredStack;
import io.relook.job.stack.SmallPictures;
import io.relook.job.stack.Workload;
import io.relook.schemas.Topic;
import io.relook.wire.CutMarker;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.Rejection;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job as an operator runs it: TLS and passwords everywhere, the rights of {@code
 * deploy/security} and no others. One stack for all tests, the last of which break it.
 */
// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(600)
class OperationsIT {
  /** Where this process writes its log: every fork of the integration tests has its own. */
  private static final Path LOGS = Path.of(System.getProperty("relook.test.logs", "target"));

  private static final String PROJECT = "rivets";
  private static final int IMAGES = 12;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private static Path directory;
  private static SecuredStack stack;
  private static Workload workload;
  private static String requestId;

  @BeforeAll
  static void startEverything() throws Exception {
    stack = SecuredStack.start(directory);
    stack.startJob();
    workload = new Workload(stack.connect(SecuredStack.CLIENT), PROJECT);
  }

  @AfterAll
  static void stopEverything() {
    if (workload != null) {
      workload.close();
    }
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  @Order(1)
  void aModelIsTrainedWithTheRightsOfTheListsAlone() {
    workload.createProject();
    for (int i = 0; i < IMAGES; i++) {
      var unused = workload.sendImage("image-" + i, Label.NORMAL, SmallPictures.png(i));
    }
    workload.flush();
    var reply = workload.createModel("first");
    assertThat(reply.getError()).as("%s", reply.getError()).isNull();
    requestId = reply.getRequestId();
    ModelMetadata trained = workload.awaitEnd(reply);

    assertThat(trained.getStatus()).as(trained.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
    assertThat(stack.s3().endpoint()).hasScheme("https");
  }

  @Test
  @Order(2)
  void aUserWithoutRightsGetsASentence() {
    RelookConnection stranger = stack.connect(SecuredStack.STRANGER);
    assertThatThrownBy(() -> stranger.read(Topic.MODELS, TopicReader.From.END))
        .isInstanceOf(RelookException.class)
        .hasMessage(
            "Reading relook.models failed: Kafka does not allow it to this user (Not authorized to"
                + " access topics: [relook.models]); ask for the access control lists in"
                + " deploy/security.");
    RelookConnection client = stack.connect(SecuredStack.CLIENT);
    try (TopicReader images = client.read(Topic.IMAGES, TopicReader.From.BEGINNING)) {
      assertThatThrownBy(() -> images.poll(Duration.ofSeconds(10)))
          .as("pictures are the job's to read")
          .isInstanceOf(RelookException.class)
          .hasMessageContaining("Kafka does not allow it to this user");
    }
    try (var images = stranger.images()) {
      assertThatThrownBy(() -> images.send(image()).join())
          .rootCause()
          .hasMessageContaining("relook.images");
    }
  }

  @Test
  @Order(7)
  @Contract("ACCESS-MARKER")
  void aClientChangesNothingThroughTheImageTopic() throws Exception {
    List<ConsumerRecord<byte[], byte[]>> real = realMarkers();
    assertThat(real).as("the markers of the first model").hasSize(2);
    int trained =
        Log.records(stack.connect(SecuredStack.OPERATOR), Topic.MODELS, ModelMetadata.class).size();
    int forged = 0;
    try (KafkaProducer<byte[], byte[]> client = rawProducer(SecuredStack.CLIENT)) {
      for (CutMarker marker : ForgedMarkers.of(PROJECT)) {
        for (int partition = 0; partition < 2; partition++) {
          client.send(ForgedMarkers.unsigned(marker, partition)).get();
          client.send(ForgedMarkers.signed(marker, partition)).get();
          forged += 2;
        }
      }
      for (ConsumerRecord<byte[], byte[]> marker : real) {
        // Again where it stood, which is a repeat, and where it did not, which is a forgery.
        client.send(copy(marker, marker.partition())).get();
        client.send(copy(marker, 1 - marker.partition())).get();
        forged++;
      }
    }

    // The job goes on: this command is applied behind everything above.
    ModelMetadata second = workload.awaitEnd(workload.createModel("second"));
    assertThat(second.getStatus()).as(second.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
    assertThat(second.getModelVersion()).isEqualTo("2");
    assertThat(second.getProvenance().getTrainingImages()).isEqualTo(IMAGES);
    int rejections = forged;
    await()
        .untilAsserted(
            () ->
                assertThat(
                        Log.records(
                                stack.connect(SecuredStack.OPERATOR),
                                Topic.REJECTIONS,
                                Rejection.class)
                            .stream()
                            .filter(rejection -> rejection.getCode().equals("UNSIGNED_MARKER")))
                    .hasSize(rejections));
    assertThat(Log.records(stack.connect(SecuredStack.OPERATOR), Topic.MODELS, ModelMetadata.class))
        .as("TRAINING and TRAINED of the second model, and nothing else")
        .hasSize(trained + 2);
    for (String file : List.of("Model-rivets-1.onnx", "Report-rivets-1.html")) {
      assertThat(stack.s3().dataDirectory().resolve("objects/models/" + PROJECT + "/" + file))
          .exists();
    }
    assertThat(
            JSON.readTree(get("/jobs/" + stack.running() + "/exceptions"))
                .path("exceptionHistory")
                .path("entries"))
        .as("restarts")
        .isEmpty();
  }

  private static List<ConsumerRecord<byte[], byte[]>> realMarkers() {
    Map<String, Object> properties = new HashMap<>(stack.kafkaProperties(SecuredStack.ADMIN));
    properties.put("bootstrap.servers", stack.kafka().bootstrapServers());
    List<ConsumerRecord<byte[], byte[]>> markers = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> admin =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          List.of(new TopicPartition("relook.images", 0), new TopicPartition("relook.images", 1));
      admin.assign(partitions);
      admin.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = admin.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> admin.position(end.getKey()) < end.getValue())) {
        admin
            .poll(Duration.ofMillis(200))
            .forEach(
                record -> {
                  if (record.headers().lastHeader("relook-mac") != null) {
                    markers.add(record);
                  }
                });
      }
    }
    return markers;
  }

  private static ProducerRecord<byte[], byte[]> copy(
      ConsumerRecord<byte[], byte[]> record, int partition) {
    return new ProducerRecord<>(
        record.topic(), partition, null, record.key(), record.value(), record.headers());
  }

  private static KafkaProducer<byte[], byte[]> rawProducer(String user) {
    Map<String, Object> properties = new HashMap<>(stack.kafkaProperties(user));
    properties.put("bootstrap.servers", stack.kafka().bootstrapServers());
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static LabeledImage image() {
    return LabeledImage.newBuilder()
        .setAccount(Workload.ACCOUNT)
        .setProject(PROJECT)
        .setSourceRef("forged")
        .setLabel(Label.NORMAL)
        .setImageBytes(ByteBuffer.wrap(SmallPictures.png(0)))
        .build();
  }

  @Test
  @Order(3)
  void noSecretIsSeenAnywhere() throws Exception {
    Map<String, List<String>> places = new LinkedHashMap<>();
    places.put("topics", topics());
    places.put("log", List.of(Files.readString(LOGS.resolve("test.log"))));
    places.put("REST", rest());
    places.put("job graph", List.of(jobGraph()));
    places.put("checkpoints", files(directory.resolve("flink")));
    places.put("objects", files(stack.s3().dataDirectory().resolve("objects")));

    // What is looked through really holds what it should: none of these is an empty search.
    Map.of(
            "topics", PROJECT,
            "log", "Training " + PROJECT,
            "REST", "data set",
            "job graph", "${file:",
            "checkpoints", "applied-cuts",
            "objects", "source-ref")
        .forEach(
            (place, there) ->
                assertThat(holds(Objects.requireNonNull(places.get(place)), there))
                    .as(place)
                    .isTrue());
    stack
        .secrets()
        .forEach(
            (name, secret) ->
                places.forEach(
                    (place, texts) ->
                        assertThat(holds(texts, secret)).as("%s in %s", name, place).isFalse()));
  }

  /** Not the texts themselves: they would fill the message of a failure. */
  private static boolean holds(List<String> texts, String wanted) {
    return texts.stream().anyMatch(text -> text.contains(wanted));
  }

  private static List<String> topics() {
    RelookConnection operator = stack.connect(SecuredStack.OPERATOR);
    List<String> texts = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      Log.read(operator, topic)
          .forEach(
              message -> {
                if (message.bytes() != null) {
                  texts.add(new String(message.bytes(), StandardCharsets.ISO_8859_1));
                }
              });
    }
    return texts;
  }

  private static List<String> rest() throws IOException, InterruptedException {
    String job = "/jobs/" + stack.running();
    List<String> texts = new ArrayList<>();
    for (String path :
        List.of(
            "/config",
            "/overview",
            "/jobmanager/config",
            "/jobmanager/environment",
            "/jobmanager/log",
            "/jobmanager/logs",
            "/taskmanagers",
            "/jobs/overview",
            job,
            job + "/config",
            job + "/plan",
            job + "/exceptions",
            job + "/accumulators",
            job + "/checkpoints",
            job + "/checkpoints/config",
            job + "/jobmanager/config",
            job + "/jobmanager/environment",
            job + "/metrics")) {
      texts.add(get(path));
    }
    return texts;
  }

  private static String get(String path) throws IOException, InterruptedException {
    URI address = stack.flink().webUi().resolve(path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static String jobGraph() throws IOException {
    StreamExecutionEnvironment env = stack.flink().environment(2, stack.flink().newestState());
    TrainerJob.build(env, stack.options());
    byte[] graph = InstantiationUtil.serializeObject(env.getStreamGraph().getJobGraph());
    return new String(graph, StandardCharsets.ISO_8859_1);
  }

  private static List<String> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      List<String> texts = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.exists(file)) { // a checkpoint may be gone by now
          texts.add(Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
      return texts;
    }
  }

  @Test
  @Order(4)
  void theMetricsAreThoseOfTheReadme() throws Exception {
    Set<String> exposed = new TreeSet<>();
    Set<String> ofTasks = new TreeSet<>();
    String job = "/jobs/" + stack.running();
    for (JsonNode vertex : json(job).path("vertices")) {
      String path = job + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
      for (JsonNode metric : json(path)) {
        Matcher ours = OF_AN_OPERATOR.matcher(metric.path("id").asText());
        if (!ours.matches()) {
          ofTasks.add(metric.path("id").asText());
        } else if (isOurs(ours.group(1), ours.group(2))) {
          exposed.add(ours.group(1) + " " + ours.group(2));
        }
      }
    }

    assertThat(exposed).isEqualTo(MetricsCatalogue.ofReference());
    assertThat(ofTasks).contains("busyTimeMsPerSecond", "backPressuredTimeMsPerSecond");
    assertThat(names(job + "/metrics"))
        .contains(
            "numRestarts",
            "numberOfCompletedCheckpoints",
            "numberOfFailedCheckpoints",
            "lastCheckpointDuration");
    assertThat(names("/jobmanager/metrics")).contains("numRegisteredTaskManagers");
    assertThat(names("/taskmanagers/metrics")).contains("Status.JVM.Memory.Heap.Used");
  }

  /** An operator's name, as Flink writes it into a metric's, the metric's, a histogram's value. */
  private static final Pattern OF_AN_OPERATOR =
      Pattern.compile("(\\d_[A-Za-z_,]+)\\.([A-Za-z]+)(?:_(?:min|max|mean|median|stddev|p\\d+))?");

  /** Whether a metric is not one that Flink gives every operator, or its sinks. */
  private static boolean isOurs(String operator, String metric) {
    return !operator.matches(".*_(Writer|Committer)")
        && !metric.matches(
            "num(Records|Bytes).*|.*Watermark.*|numLate.*|numFired.*|.*Latency|numSplits.*");
  }

  private static Set<String> names(String path) throws Exception {
    Set<String> names = new TreeSet<>();
    for (JsonNode metric : json(path)) {
      names.add(metric.path("id").asText());
    }
    return names;
  }

  private static JsonNode json(String path) throws Exception {
    return JSON.readTree(get(path));
  }

  @Test
  @Order(5)
  void linesOfTheLogSayWhatTheyAreAbout() throws Exception {
    JsonNode accepted = line("CreateModel was accepted");
    assertThat(accepted.path("project").asText()).isEqualTo(PROJECT);
    assertThat(accepted.path("account").asText()).isEqualTo(Workload.ACCOUNT);
    assertThat(accepted.path("request-id").asText()).isEqualTo(requestId);
    JsonNode begins = line("Training " + PROJECT + "/1 begins");
    assertThat(begins.path("project").asText()).isEqualTo(PROJECT);
    assertThat(begins.path("version").asText()).isEqualTo("1");
    assertThat(begins.path("cut")).isEqualTo(accepted.path("cut"));
    assertThat(begins.path("log.level").asText()).isEqualTo("INFO");
  }

  private static JsonNode line(String message) throws IOException {
    for (String line : Files.readAllLines(LOGS.resolve("test.json.log"))) {
      JsonNode event = JSON.readTree(line);
      if (event.path("message").asText().startsWith(message)
          && event.path("project").asText().equals(PROJECT)) {
        return event;
      }
    }
    throw new AssertionError("No line says " + message);
  }

  @Test
  @Order(6)
  void doctorFindsNothingWrongWithAStackThatIsFine() throws Exception {
    Doctor doctor = doctor();

    assertThat(doctor.problems()).isEmpty();
    assertThat(doctor.exitCode()).isZero();
    assertThat(doctor.parts())
        .containsExactly(
            "broker",
            "topics",
            "transactions",
            "lag",
            "rejections",
            "trainings",
            "store",
            "cluster",
            "job");
    assertThat(doctor.text("--output", "text")).contains("topics        fine");
  }

  @Test
  @Order(8)
  void doctorNamesAWrongSettingAndAHangingTransactionAndEndsIt() throws Exception {
    ConfigResource replies = new ConfigResource(ConfigResource.Type.TOPIC, "relook.replies");
    try (Admin admin = stack.admin(SecuredStack.ADMIN)) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  replies,
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("max.message.bytes", "1000"), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    try (KafkaProducer<byte[], byte[]> hanging = hangingTransaction()) {
      assertThat(doctor("--abort-transactions").text())
          .contains("A job runs on the cluster, and its transactions are its own to end");
      stack.cancelJob();

      Doctor found = doctor();
      assertThat(found.exitCode()).isOne();
      assertThat(found.problems())
          .anyMatch(
              problem ->
                  problem.startsWith(
                      "The topic relook.replies has max.message.bytes=1000, not 1048588: set it with"
                          + " kafka-configs.sh"))
          .anyMatch(
              problem ->
                  problem.startsWith("The transaction relook-data-hanging is open for")
                      && problem.contains("on relook.datasets"))
          .anyMatch(problem -> problem.startsWith("The job relook is CANCELED"));

      Doctor ended = doctor("--abort-transactions");
      assertThat(ended.problems()).noneMatch(problem -> problem.startsWith("The transaction"));
      assertThat(ended.exitCode()).isOne();
    }
  }

  /** What a job leaves that was killed between its flush and its commit. */
  private static KafkaProducer<byte[], byte[]> hangingTransaction() throws Exception {
    Map<String, Object> properties = new HashMap<>(stack.kafkaProperties(SecuredStack.JOB));
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, stack.kafka().bootstrapServers());
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "relook-data-hanging");
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
    producer.beginTransaction();
    producer.send(new ProducerRecord<>("relook.datasets", new byte[] {1}, new byte[] {2})).get();
    return producer;
  }

  private static Doctor doctor(String... more) throws IOException {
    Path config = directory.resolve("operator.properties");
    Properties properties = new Properties();
    stack
        .kafkaProperties(SecuredStack.OPERATOR)
        .forEach((name, value) -> properties.setProperty("kafka.properties." + name, value));
    properties.setProperty("kafka.bootstrap-servers", stack.kafka().bootstrapServers());
    properties.setProperty("s3.endpoint", stack.s3().endpoint().toString());
    try (var writer = Files.newBufferedWriter(config)) {
      properties.store(writer, null);
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "doctor",
                "--config",
                config.toString(),
                "--cluster",
                stack.flink().webUi().toString()));
    arguments.addAll(List.of(more));
    return new Doctor(arguments);
  }

  /** One call of the command line, with what it printed. */
  private record Doctor(List<String> arguments, int exitCode, String text) {

    Doctor(List<String> arguments) {
      this(arguments, ran(arguments, List.of("--output", "json")));
    }

    private Doctor(List<String> arguments, Map.Entry<Integer, String> ran) {
      this(arguments, ran.getKey(), ran.getValue());
    }

    String text(String... more) {
      return ran(arguments, List.of(more)).getValue();
    }

    private static Map.Entry<Integer, String> ran(List<String> arguments, List<String> more) {
      List<String> all = new ArrayList<>(arguments);
      all.addAll(more);
      StringWriter said = new StringWriter();
      int exitCode =
          RelookCommand.commandLine()
              .setOut(new PrintWriter(said))
              .setErr(new PrintWriter(said))
              .execute(all.toArray(String[]::new));
      System.out.println(said);
      return Map.entry(exitCode, said.toString());
    }

    private JsonNode answer() throws IOException {
      return JSON.readTree(
          text.lines().filter(line -> line.startsWith("{")).findFirst().orElse("{}"));
    }

    List<String> problems() throws IOException {
      List<String> problems = new ArrayList<>();
      for (JsonNode part : answer().path("parts")) {
        part.path("problems").forEach(problem -> problems.add(problem.asText()));
      }
      return problems;
    }

    List<String> parts() throws IOException {
      List<String> parts = new ArrayList<>();
      answer().path("parts").forEach(part -> parts.add(part.path("part").asText()));
      return parts;
    }
  }
}

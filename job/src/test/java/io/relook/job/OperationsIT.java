package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.TopicReader;
import io.relook.job.stack.Log;
import io.relook.job.stack.SecuredStack;
import io.relook.job.stack.SmallPictures;
import io.relook.job.stack.Workload;
import io.relook.schemas.Topic;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import java.io.IOException;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.InstantiationUtil;
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
@Timeout(180)
class OperationsIT {
  private static final String PROJECT = "rivets";
  private static final int IMAGES = 12;

  @TempDir private static Path directory;
  private static SecuredStack stack;
  private static Workload workload;

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
    assertThat(reply.getError()).isNull();
    ModelMetadata trained = workload.awaitEnd(reply);

    assertThat(trained.getStatus()).as(trained.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
    assertThat(stack.s3().endpoint()).hasScheme("https");
  }

  @Test
  @Order(2)
  void whoHasNoRightIsRefusedWithASentence() {
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
    places.put("log", List.of(Files.readString(Path.of("target/test.log"))));
    places.put("REST", rest());
    places.put("job graph", List.of(jobGraph()));
    places.put("checkpoints", files(directory.resolve("flink")));
    places.put("objects", files(stack.s3().dataDirectory().resolve("objects")));

    // What is looked through really holds what it should: none of these is an empty search.
    assertThat(places.get("topics")).anyMatch(text -> text.contains(PROJECT));
    assertThat(places.get("log")).anyMatch(text -> text.contains("relook-job"));
    assertThat(places.get("REST")).anyMatch(text -> text.contains("data set"));
    assertThat(places.get("job graph")).allMatch(text -> text.contains("${file:"));
    assertThat(places.get("checkpoints")).anyMatch(text -> text.contains("dataset"));
    assertThat(places.get("objects")).anyMatch(text -> text.contains("source-ref"));
    stack
        .secrets()
        .forEach(
            (name, secret) ->
                places.forEach(
                    (place, texts) ->
                        assertThat(texts)
                            .as("%s in %s", name, place)
                            .noneMatch(text -> text.contains(secret))));
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
    StreamExecutionEnvironment env =
        stack.flink().environment(2, stack.flink().newestState());
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

}

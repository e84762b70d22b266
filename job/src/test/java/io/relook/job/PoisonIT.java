package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.job.quarantine.HostilePng;
import io.relook.job.quarantine.JobProcessRunner;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.S3Settings;
import io.relook.job.stack.Log;
import io.relook.job.stack.SmallPictures;
import io.relook.job.stack.TestStack;
import io.relook.job.stack.Workload;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.CommandReply;
import io.relook.wire.DatasetDescription;
import io.relook.wire.ExceptionCode;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.Rejection;
import io.relook.wire.S3Object;
import io.relook.wire.ServiceException;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message that relook itself fails on costs that message, and nothing else. */
class PoisonIT {
  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final int GOOD = 20;

  @Test
  void aPictureThatMakesADecoderThrowIsRejectedAndTheJobIsNotRestarted(@TempDir Path directory) {
    HostilePng.register();
    try (TestStack stack = TestStack.start(directory, 2).smallBackbone();
        Workload workload = new Workload(stack.connect(), "parts")) {
      stack.startJob(2);
      send(workload, 0, GOOD / 2);
      var unused =
          workload.sendImage("poison", Label.NORMAL, HostilePng.throwing(SmallPictures.png(1000)));
      send(workload, GOOD / 2, GOOD);

      awaitImages(workload);
      Rejection rejection = only(rejections(workload));
      assertThat(rejection.getCode()).isEqualTo("POISON");
      assertThat(rejection.getStage()).isEqualTo("extract-features");
      assertThat(rejection.getMessage())
          .startsWith("relook failed while decoding the picture: StackOverflowError: nested too")
          .contains("relook rejections resend");
      assertThat(rejection.getSourceRef()).isEqualTo("poison");
      assertThat(original(rejection).getSourceRef()).isEqualTo("poison");
      assertThat(stack.flink().status(stack.running())).isEqualTo(JobStatus.RUNNING);
    } finally {
      HostilePng.unregister();
    }
  }

  @Test
  void aPictureThatEndsTheProcessIsRejectedOnceAndEverythingElseIsTaken(@TempDir Path directory)
      throws Exception {
    try (TestStack stack = TestStack.start(directory, 2).smallBackbone();
        Workload workload = new Workload(stack.connect(), "parts");
        JobProcessRunner job =
            new JobProcessRunner(
                directory.resolve("job"),
                stack.options(),
                Map.of(
                    "AWS_ACCESS_KEY_ID", stack.s3().accessKeyId(),
                    "AWS_SECRET_ACCESS_KEY", stack.s3().secretAccessKey()))) {
      send(workload, 0, GOOD / 2);
      var unused =
          workload.sendImage("poison", Label.NORMAL, HostilePng.halting(SmallPictures.png(1000)));
      send(workload, GOOD / 2, GOOD);
      job.start();

      awaitImages(workload);
      Rejection rejection = only(rejections(workload));
      assertThat(rejection.getCode()).isEqualTo("POISON");
      assertThat(rejection.getMessage())
          .startsWith("The process ended 3 times while this message was in flight");
      assertThat(rejection.getProject()).isEqualTo("parts");
      assertThat(original(rejection).getSourceRef()).isEqualTo("poison");
      // Once for each record; read again by the last process it was not decoded.
      assertThat(job.halts()).isBetween(3, 6);
      assertThat(job.stop()).as("the job was running at the end").isZero();
      assertThat(rejections(workload)).hasSize(1);
    }
  }

  @Test
  void aCommandInQuarantineIsAnsweredOnceAndRejected(@TempDir Path directory) throws Exception {
    try (TestStack stack = TestStack.start(directory, 2).smallBackbone();
        Workload workload = new Workload(stack.connect(), "parts")) {
      // As the registry of relook 0.3 did before it restarted.
      try (ObjectStore store = new S3Settings(stack.s3().endpoint(), "us-east-1", true).open()) {
        store.put(
            new S3Object(TestStack.OWN_BUCKET, "poison/relook.commands/0-0", null),
            "{\"crashes\":0,\"condemned\":\"relook failed: a defect.\"}"
                .getBytes(StandardCharsets.UTF_8),
            "application/json",
            Optional.empty());
      }
      stack.startJob(2);

      ServiceException error = workload.createProject().getError();
      assertThat(error.getCode()).isEqualTo(ExceptionCode.InternalServerException);
      assertThat(error.getMessage()).contains("in the rejections, as relook.commands-0-0:");
      Rejection rejection = only(rejections(workload));
      assertThat(rejection.getCode()).isEqualTo("POISON");
      assertThat(rejection.getTopic()).isEqualTo("relook.commands");
      assertThat(workload.createProject().getError()).as("another command").isNull();
      assertThat(Log.records(workload.relook(), Topic.REPLIES, CommandReply.class)).hasSize(2);
      assertThat(rejections(workload)).hasSize(1);
    }
  }

  @Test
  void whatTheRegistryFailsOnIsRejectedWithoutARestartHoweverMuchComes(@TempDir Path directory)
      throws Exception {
    int bad = 50;
    try (TestStack stack = TestStack.start(directory, 2);
        Workload workload = new Workload(stack.connect(), "parts")) {
      stack.startJob(2);
      assertThat(workload.createProject().getError()).isNull();
      List<byte[]> sent = new ArrayList<>();
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", stack.kafka().bootstrapServers()),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        for (int i = 0; i < bad; i++) {
          // Decodable, and the registry takes its version for a number.
          TrainingOutcome outcome =
              TrainingOutcome.newBuilder()
                  .setAccount("123456789012")
                  .setProjectName("parts")
                  .setModelVersion("no number " + i)
                  .setModelArn("no arn " + i)
                  .setCutId("no cut")
                  .setEndedAt(Instant.EPOCH)
                  .setOutcome(new TrainingFailed("NONE", "Nothing to do."))
                  .build();
          sent.add(MessageCodec.standard().encode(outcome));
          var unused = producer.send(new ProducerRecord<>("relook.outcomes", 0, null, sent.get(i)));
        }
      }

      Awaitility.await().atMost(PATIENCE).until(() -> rejections(workload).size() == bad);
      assertThat(rejections(workload))
          .allMatch(rejection -> rejection.getCode().equals("POISON"))
          .allMatch(rejection -> rejection.getStage().equals("registry"))
          .allMatch(rejection -> rejection.getMessage().contains("NumberFormatException"))
          .extracting(PoisonIT::bytes)
          .containsExactlyInAnyOrderElementsOf(sent);
      assertThat(workload.createProject().getError())
          .as("the registry answers: there is one already")
          .isNotNull();
      // Flink answers with a metric some time after it was asked for it first.
      assertThat(
              Awaitility.await()
                  .atMost(PATIENCE)
                  .until(() -> restarts(stack), restarts -> restarts >= 0))
          .isZero();
    }
  }

  private static int restarts(TestStack stack) throws Exception {
    URI metric =
        stack.flink().webUi().resolve("/jobs/" + stack.running() + "/metrics?get=numRestarts");
    String answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(metric).build(), HttpResponse.BodyHandlers.ofString())
            .body();
    return JsonMapper.builder().build().readTree(answer).path(0).path("value").asInt(-1);
  }

  @Tag("slow")
  @Test
  void aTrainingThatEndsTheProcessFailsAndTheNextSucceeds(@TempDir Path directory)
      throws Exception {
    // The training extracts missing features again.
    trainingThatEndsTheProcess(
        directory,
        "relook-extract",
        stack ->
            remove(directory.resolve("s3/objects").resolve(TestStack.OWN_BUCKET + "/features")),
        "this model was being trained");
  }

  @Tag("slow")
  @Test
  void aPublicationThatEndsTheProcessFailsAndTheNextTrainingSucceeds(@TempDir Path directory)
      throws Exception {
    trainingThatEndsTheProcess(
        directory,
        "relook-publish",
        stack -> {},
        "this model's files were being checked and written");
  }

  private static void trainingThatEndsTheProcess(
      Path directory, String threads, Consumer<TestStack> beforeTraining, String doing)
      throws Exception {
    int limit = 2;
    try (TestStack stack =
            TestStack.start(directory, 2)
                .smallBackbone()
                .option("dataset.minimums", "false")
                .option("poison.max-training-crashes", Integer.toString(limit));
        Workload bad = new Workload(stack.connect(), "bad");
        Workload good = new Workload(stack.connect(), "good");
        JobProcessRunner job =
            new JobProcessRunner(
                directory.resolve("job"),
                stack.options(),
                Map.of(
                    "AWS_ACCESS_KEY_ID", stack.s3().accessKeyId(),
                    "AWS_SECRET_ACCESS_KEY", stack.s3().secretAccessKey()))) {
      job.start();
      bad.createProject();
      good.createProject();
      for (int i = 0; i < GOOD; i++) {
        byte[] png = SmallPictures.png(i);
        var unused = bad.sendImage("image-" + i, Label.NORMAL, HostilePng.haltingIn(threads, png));
      }
      bad.flush();
      send(good, 0, GOOD);
      awaitDatasets(bad, 2);
      assertThat(job.halts()).as("reading the pictures ends nothing").isZero();
      beforeTraining.accept(stack);

      ModelMetadata failed = bad.awaitEnd(bad.createModel("bad"));
      assertThat(failed.getStatus()).isEqualTo(ModelStatus.TRAINING_FAILED);
      assertThat(failed.getStatusMessage())
          .startsWith(
              "The process ended, or native code failed, "
                  + limit
                  + " times in a row while "
                  + doing)
          .contains("then create the model again");
      ModelMetadata trained = good.awaitEnd(good.createModel("good"));
      assertThat(trained.getStatus()).as(trained.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
      assertThat(job.halts()).isEqualTo(limit);
      assertThat(job.stop()).as("the job was running at the end").isZero();
    }
  }

  private static void awaitDatasets(Workload workload, int count) {
    Awaitility.await()
        .atMost(PATIENCE)
        .alias("all images are in the data sets")
        .until(
            () ->
                Log.records(workload.relook(), Topic.DATASETS, DatasetDescription.class).stream()
                        .filter(dataset -> dataset.getImageStats().getTotal() == GOOD)
                        .map(DatasetDescription::getProjectName)
                        .distinct()
                        .count()
                    == count);
  }

  private static void remove(Path directory) {
    try {
      FileUtils.deleteDirectory(directory.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(Workload workload, int from, int to) {
    for (int i = from; i < to; i++) {
      var unused = workload.sendImage("image-" + i, Label.NORMAL, SmallPictures.png(i));
    }
    workload.flush();
  }

  private static void awaitImages(Workload workload) {
    Awaitility.await()
        .atMost(PATIENCE)
        .alias("all good images are in the data set and the bad one is rejected")
        .until(
            () ->
                !rejections(workload).isEmpty()
                    && Log.records(workload.relook(), Topic.DATASETS, DatasetDescription.class)
                        .stream()
                        .anyMatch(dataset -> dataset.getImageStats().getTotal() == GOOD));
  }

  private static List<Rejection> rejections(Workload workload) {
    return Log.records(workload.relook(), Topic.REJECTIONS, Rejection.class);
  }

  private static Rejection only(List<Rejection> rejections) {
    assertThat(rejections).hasSize(1);
    return rejections.get(0);
  }

  private static LabeledImage original(Rejection rejection) {
    return (LabeledImage)
        ((io.relook.schemas.Decoding.Decoded)
                MessageCodec.standard().decode(Topic.IMAGES, bytes(rejection)))
            .record();
  }

  private static byte[] bytes(Rejection rejection) {
    byte[] bytes = new byte[rejection.getOriginalBytes().remaining()];
    rejection.getOriginalBytes().duplicate().get(bytes);
    return bytes;
  }
}

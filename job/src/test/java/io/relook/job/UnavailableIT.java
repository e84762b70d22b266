package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.client.ImagesProducer;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.S3Settings;
import io.relook.job.stack.FaultyStore;
import io.relook.job.stack.Log;
import io.relook.job.stack.SmallPictures;
import io.relook.job.stack.TestStack;
import io.relook.job.stack.Workload;
import io.relook.schemas.Topic;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateDataset;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetType;
import io.relook.wire.ImageRetry;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.Rejection;
import io.relook.wire.S3Object;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An object or a bucket of one project that fails delays no other project and rejects nothing. */
class UnavailableIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String BAD = "theirs/bad.png";

  @Test
  void oneObjectAndOneBucketThatFailHarmNobodyElse(@TempDir Path directory) throws Exception {
    try (TestStack stack = TestStack.start(directory, 2);
        FaultyStore store = FaultyStore.before(stack.s3().endpoint())) {
      stack
          .smallBackbone()
          .option("s3.endpoint", store.endpoint().toString())
          .option("dataset.minimums", "false")
          .checkpointEvery(Duration.ofMillis(200));
      stack.s3().createBucket("theirs");
      for (int i = 0; i < 12; i++) {
        put(stack, i + ".png", SmallPictures.png(i));
      }
      put(stack, "bad.png", SmallPictures.png(99));
      try (Workload mine = new Workload(stack.connect(), "mine");
          Workload theirs = new Workload(stack.connect(), "theirs");
          ImagesProducer images = stack.connect().images()) {
        stack.startJob(2);
        mine.createProject();
        theirs.createProject();

        // One object answers 500 for ever; the other project goes on.
        store.fail("/" + BAD, 500);
        images.send(located("bad.png")).join();
        for (int i = 0; i < 4; i++) {
          images.send(located(i + ".png")).join();
        }
        awaitTotal(theirs, "theirs", DatasetType.TRAIN, 5);
        for (int i = 0; i < 6; i++) {
          mine.sendImage("image-" + i, Label.NORMAL, SmallPictures.png(20 + i)).join();
        }
        Instant sent = Instant.now();
        CommandReply accepted = mine.createModel("mine-1");
        assertThat(Duration.between(sent, Instant.now())).isLessThan(Duration.ofSeconds(10));
        awaitTotal(mine, "mine", DatasetType.TRAIN, 6);
        assertThat(Duration.between(sent, Instant.now())).isLessThan(Duration.ofSeconds(10));

        // A training goes without it, and says so.
        ModelMetadata without = theirs.awaitEnd(theirs.createModel("theirs-1"));
        assertThat(without.getStatus()).isEqualTo(ModelStatus.TRAINED);
        assertThat(without.getProvenance().getTrainingImages()).isEqualTo(4);
        assertThat(without.getProvenance().getSettings())
            .containsEntry(
                "training.left-out",
                "1 labelled image could not be read and is left out: s3://theirs/bad.png.");
        assertThat(mine.awaitEnd(accepted).getStatus()).isEqualTo(ModelStatus.TRAINED);

        // The whole bucket fails in the middle of an import, and heals.
        put(stack, "all.manifest", manifest(12).getBytes(StandardCharsets.UTF_8));
        store.fail("/theirs/1", 403);
        store.fail("/theirs/2", 503);
        store.fail("/theirs/3", 500);
        store.fail("/theirs/4", 403);
        theirs.send(
            CreateDataset.newBuilder()
                .setProjectName("theirs")
                .setDatasetType(DatasetType.TEST)
                .setGroundTruthManifest(new S3Object("theirs", "all.manifest", null))
                .build());
        awaitTotal(theirs, "theirs", DatasetType.TEST, 12);
        assertThat(Log.records(theirs.relook(), Topic.REJECTIONS, Rejection.class)).isEmpty();
        for (String path : List.of("/theirs/1", "/theirs/2", "/theirs/3", "/theirs/4", "/" + BAD)) {
          store.heal(path);
        }

        Awaitility.await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(
                            Log.records(theirs.relook(), Topic.IMAGES, ImageRetry.class).stream()
                                .filter(retry -> retry.getMessage() != null)
                                .map(ImageRetry::getSourceRef)
                                .distinct())
                        .hasSizeGreaterThanOrEqualTo(6));
        assertThat(Log.records(theirs.relook(), Topic.REJECTIONS, Rejection.class)).isEmpty();
        // Flink answers with a metric some time after it was asked for it first.
        assertThat(
                Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> restarts(stack), restarts -> restarts >= 0))
            .as("restarts")
            .isZero();
      }
    }
  }

  private static void put(TestStack stack, String key, byte[] bytes) throws Exception {
    try (ObjectStore store =
        new S3Settings(stack.s3().endpoint(), stack.s3().region(), true).open()) {
      store.put(
          new S3Object("theirs", key, null), bytes, "application/octet-stream", Optional.empty());
    }
  }

  private static LabeledImage located(String key) {
    return LabeledImage.newBuilder()
        .setAccount(Workload.ACCOUNT)
        .setProject("theirs")
        .setSourceRef("s3://theirs/" + key)
        .setLabel(Label.NORMAL)
        .setImageLocation(new S3Object("theirs", key, null))
        .build();
  }

  private static String manifest(int images) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < images; i++) {
      lines.append(
          """
          {"source-ref":"s3://theirs/%d.png","anomaly-label":0,"anomaly-label-metadata":{"confidence":1,"job-name":"labeling-job/anomaly-label","class-name":"normal","human-annotated":"yes","creation-date":"2024-05-01T10:00:00.000000","type":"groundtruth/image-classification"}}
          """
              .formatted(i));
    }
    return lines.toString();
  }

  private static void awaitTotal(Workload workload, String project, DatasetType type, int total) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                Log.records(workload.relook(), Topic.DATASETS, DatasetDescription.class).stream()
                    .filter(description -> description.getDatasetType() == type)
                    .filter(description -> description.getProjectName().equals(project))
                    .reduce((first, second) -> second)
                    .map(description -> description.getImageStats().getTotal())
                    .equals(Optional.of(total)));
  }

  private static int restarts(TestStack stack) throws Exception {
    URI uri =
        stack.flink().webUi().resolve("/jobs/" + stack.running() + "/metrics?get=numRestarts");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    Matcher value = Pattern.compile("\"value\":\"(\\d+)\"").matcher(answer.body());
    return value.find() ? Integer.parseInt(value.group(1)) : -1;
  }
}

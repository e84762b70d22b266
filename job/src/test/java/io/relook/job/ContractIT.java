package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.client.Commands;
import io.relook.client.RelookConnection;
import io.relook.client.TopicReader;
import io.relook.job.contract.Contract;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.S3Settings;
import io.relook.job.stack.Log;
import io.relook.job.stack.SmallPictures;
import io.relook.job.stack.TestStack;
import io.relook.job.stack.Workload;
import io.relook.schemas.Topic;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetImageStats;
import io.relook.wire.DatasetMetadata;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ImportCounts;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.ResourceArn;
import io.relook.wire.S3Object;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.UpdateDatasetEntries;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The golden answers of the live service (spec: lookout-for-vision.md §8.4), over real topics. */
class ContractIT {
  private static final String PROJECT = "bolts";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  @Contract({"GOLDEN-1", "GOLDEN-2", "GOLDEN-3", "GOLDEN-4", "GOLDEN-5", "GOLDEN-8", "GOLDEN-9"})
  void fromAManifestToAModelAndAway(@TempDir Path directory) throws Exception {
    try (TestStack stack = TestStack.start(directory, 3).smallBackbone();
        Workload workload = new Workload(stack.connect(), PROJECT);
        Commands commands = workload.relook().commands();
        ObjectStore store =
            new S3Settings(stack.s3().endpoint(), stack.s3().region(), true).open()) {
      RelookConnection relook = workload.relook();
      stack.s3().createBucket("factory");
      upload(store, 20, 10);
      stack.startJob(2);
      workload.createProject();

      // 1, 2
      CommandReply created =
          workload.send(new CreateDataset(PROJECT, DatasetType.TRAIN, manifest(), null));
      DatasetMetadata dataset = (DatasetMetadata) created.getAnswer();
      assertThat(dataset.getDatasetType()).isEqualTo(DatasetType.TRAIN);
      assertThat(dataset.getStatus()).isEqualTo(DatasetStatus.CREATE_IN_PROGRESS);
      assertThat(dataset.getStatusMessage()).isEqualTo("The dataset is creating.");
      DatasetDescription complete = awaitDataset(relook, DatasetStatus.CREATE_COMPLETE);
      assertThat(complete.getStatusMessage())
          .isEqualTo(
              "The dataset was created successfully. 30 lines: 30 taken, 0 of them unlabelled, 0"
                  + " rejected.");
      assertThat(complete.getImageStats()).isEqualTo(new DatasetImageStats(30, 30, 20, 10));
      assertThat(complete.getCreationTimestamp()).isEqualTo(dataset.getCreationTimestamp());

      // 8, 9
      CreateModel first = workload.createModelCommand("token-1");
      List<CommandReply> replies =
          sendTogether(
              commands,
              first,
              first,
              workload.createModelCommand("token-2"),
              workload.createModelCommand("token-3"));
      ModelMetadata training = (ModelMetadata) replies.get(0).getAnswer();
      assertThat(replies.get(1).getAnswer()).isEqualTo(training);
      assertThat(((ModelMetadata) replies.get(2).getAnswer()).getModelVersion()).isEqualTo("2");
      assertThat(replies.get(3).getError().getCode())
          .isEqualTo(ExceptionCode.ServiceQuotaExceededException);
      assertThat(replies.get(3).getError().getQuotaCode()).isEqualTo("relook-concurrent-trainings");
      assertThat(replies.get(3).getError().getServiceCode()).isEqualTo("lookoutvision");

      // 3, 4
      assertThat(training.getModelVersion()).isEqualTo("1");
      assertThat(training.getStatus()).isEqualTo(ModelStatus.TRAINING);
      assertThat(training.getStatusMessage()).isEqualTo("The model is being trained.");
      assertThat(training.getPerformance()).isNull();
      assertThat(training.getOutputConfig()).isEqualTo(first.getOutputConfig());
      assertThat(training.getEvaluationManifest()).isNull();
      assertThat(training.getEvaluationResult()).isNull();
      assertThat(training.getEvaluationEndTimestamp()).isNull();
      assertThat(training.getKmsKeyId()).isNull();
      assertThat(Log.records(relook, Topic.MODELS, ModelMetadata.class)).contains(training);

      // 5
      ModelMetadata trained = workload.awaitEnd(replies.get(0));
      assertThat(trained.getStatusMessage()).isEqualTo("Training completed successfully.");
      assertThat(trained.getStatus()).isEqualTo(ModelStatus.TRAINED);
      assertThat(trained.getPerformance()).isNotNull();
      assertThat(trained.getEvaluationEndTimestamp()).isAfter(trained.getCreationTimestamp());
      assertThat(trained.getEvaluationResult().getKey())
          .isEqualTo("bolts/EvaluationResult-bolts-1.json");
      assertThat(trained.getEvaluationManifest().getKey())
          .isEqualTo("bolts/EvaluationManifest-bolts-1.json");
      assertThat(store.exists(trained.getEvaluationResult())).isTrue();
      workload.awaitEnd(replies.get(2));

      // A model's way out: it can be tagged and deleted at once; the evaluation stays.
      answered(workload.send(new TagResource(trained.getModelArn(), List.of(new Tag("a", "b")))));
      answered(workload.send(new DeleteModel(PROJECT, "1", null)));
      Awaitility.await().atMost(PATIENCE).until(() -> !store.exists(trained.getModelFile()));
      assertThat(store.exists(trained.getEvaluationResult())).isTrue();
      assertThat(store.exists(trained.getEvaluationManifest())).isTrue();
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> isTombstone(relook, Topic.MODELS, trained.getModelArn()));

      // A create right after a delete succeeds.
      answered(workload.send(new DeleteDataset(PROJECT, DatasetType.TRAIN, null)));
      CommandReply again = workload.send(new CreateDataset(PROJECT, DatasetType.TRAIN, null, null));
      assertThat(((DatasetMetadata) again.getAnswer()).getStatus())
          .isEqualTo(DatasetStatus.CREATE_COMPLETE);
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(latest(relook).orElseThrow().getImageStats())
                      .isEqualTo(new DatasetImageStats(0, 0, 0, 0)));

      // The project's way out.
      assertThat(workload.send(new DeleteProject(PROJECT, null)).getError().getCode())
          .isEqualTo(ExceptionCode.ConflictException);
      answered(workload.send(new DeleteDataset(PROJECT, DatasetType.TRAIN, null)));
      answered(workload.send(new DeleteModel(PROJECT, "2", null)));
      String arn =
          ((ResourceArn) answered(workload.send(new DeleteProject(PROJECT, null)))).getArn();
      Awaitility.await().atMost(PATIENCE).until(() -> isTombstone(relook, Topic.PROJECTS, arn));
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> isTombstone(relook, Topic.DATASETS, complete.getDatasetArn()));
    }
  }

  @Test
  @Contract({"GOLDEN-6", "FAIL-DIMENSIONS", "DATASET-UPDATE"})
  void imagesOfTwoSizesFailTheTrainingAndTheNextIsVersionTwo(@TempDir Path directory)
      throws Exception {
    try (TestStack stack = TestStack.start(directory, 2).smallBackbone();
        Workload workload = new Workload(stack.connect(), PROJECT);
        ObjectStore store =
            new S3Settings(stack.s3().endpoint(), stack.s3().region(), true).open()) {
      RelookConnection relook = workload.relook();
      stack.s3().createBucket("factory");
      upload(store, 20, 10);
      stack.startJob(2);
      workload.createProject();
      workload.send(new CreateDataset(PROJECT, DatasetType.TRAIN, manifest(), null));
      awaitDataset(relook, DatasetStatus.CREATE_COMPLETE);
      S3Object changes = new S3Object("factory", "changes.manifest", null);
      put(store, changes, "no json");
      workload.send(new UpdateDatasetEntries(PROJECT, DatasetType.TRAIN, changes, null));
      DatasetDescription rejected =
          awaitDataset(relook, DatasetStatus.UPDATE_FAILED_ROLLBACK_COMPLETE);
      assertThat(rejected.getStatusMessage())
          .startsWith("Line 1 of the manifest begins with 'no json'");
      assertThat(rejected.getImageStats()).isEqualTo(new DatasetImageStats(30, 30, 20, 10));
      store.put(
          new S3Object("factory", "tall.png", null),
          SmallPictures.png(99, 64, 96),
          "image/png",
          Optional.empty());
      store.put(new S3Object("factory", "folder/", null), new byte[0], "", Optional.empty());
      put(
          store,
          changes,
          String.join(
              "\n",
              line("tall.png", "normal"),
              line("folder/", "normal"),
              line("with%20space.png", "normal")));
      workload.send(new UpdateDatasetEntries(PROJECT, DatasetType.TRAIN, changes, null));
      DatasetDescription updated = awaitDataset(relook, DatasetStatus.UPDATE_COMPLETE);
      assertThat(updated.getImageStats()).isEqualTo(new DatasetImageStats(31, 31, 21, 10));
      assertThat(updated.getLastImport()).isEqualTo(new ImportCounts(3, 1, 0, 2));
      assertThat(updated.getStatusMessage())
          .startsWith(
              "The dataset was updated successfully. 3 lines: 1 taken, 0 of them unlabelled, 2"
                  + " rejected. Rejected: (1) s3://factory/")
          .contains(
              "s3://factory/folder/: The file is empty; send a JPEG or PNG file.",
              "s3://factory/with%20space.png: The picture at imageLocation cannot be read: ")
          .endsWith(" All of them: 'relook rejections list --project bolts'.");

      ModelMetadata failed = workload.awaitEnd(workload.createModel("token-1"));
      assertThat(failed.getStatus()).isEqualTo(ModelStatus.TRAINING_FAILED);
      assertThat(failed.getStatusMessage())
          .isEqualTo(
              "Images in the dataset must have the same dimensions. 30 have 64 x 64 pixels, 1 has"
                  + " 64 x 96: s3://factory/tall.png. Withdraw the images of other sizes, or send"
                  + " them in one size, then create the model again.");
      CommandReply next = workload.createModel("token-2");
      assertThat(((ModelMetadata) next.getAnswer()).getModelVersion()).isEqualTo("2");
    }
  }

  private static Object answered(CommandReply reply) {
    assertThat(reply.getError()).isNull();
    return reply.getAnswer();
  }

  private static List<CommandReply> sendTogether(Commands commands, SpecificRecord... bodies) {
    List<CompletableFuture<CommandReply>> sent = new ArrayList<>();
    for (SpecificRecord body : bodies) {
      sent.add(commands.send(commands.command(body), PATIENCE));
    }
    return sent.stream().map(CompletableFuture::join).toList();
  }

  private static Optional<DatasetDescription> latest(RelookConnection relook) {
    List<DatasetDescription> events = Log.records(relook, Topic.DATASETS, DatasetDescription.class);
    return events.isEmpty() ? Optional.empty() : Optional.of(events.get(events.size() - 1));
  }

  private static DatasetDescription awaitDataset(RelookConnection relook, DatasetStatus status) {
    Awaitility.await()
        .alias("the data set is " + status)
        .atMost(PATIENCE)
        .until(() -> latest(relook).filter(d -> d.getStatus() == status).isPresent());
    return latest(relook).orElseThrow();
  }

  private static boolean isTombstone(RelookConnection relook, Topic topic, String key) {
    List<TopicReader.Message> messages = Log.read(relook, topic);
    TopicReader.Message last =
        messages.stream().filter(m -> key.equals(m.key())).reduce((a, b) -> b).orElseThrow();
    return last.bytes() == null;
  }

  private static S3Object manifest() {
    return new S3Object("factory", "train.manifest", null);
  }

  /** Pictures, and the manifest that names them. */
  private static void upload(ObjectStore store, int normal, int anomaly) throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < normal + anomaly; i++) {
      String key = "image-" + i + ".png";
      store.put(
          new S3Object("factory", key, null), SmallPictures.png(i), "image/png", Optional.empty());
      lines.add(line(key, i < normal ? "normal" : "anomaly"));
    }
    put(store, manifest(), lines.stream().collect(Collectors.joining("\n")));
  }

  private static void put(ObjectStore store, S3Object object, String text) throws Exception {
    store.put(object, text.getBytes(StandardCharsets.UTF_8), "application/json", Optional.empty());
  }

  private static String line(String key, String className) {
    return """
        {"source-ref":"s3://factory/%s","anomaly-label":1,"anomaly-label-metadata":\
        {"class-name":"%s","type":"groundtruth/image-classification","human-annotated":"yes"}}"""
        .formatted(key, className);
  }
}

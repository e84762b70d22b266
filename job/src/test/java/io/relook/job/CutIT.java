package io.relook.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.client.RelookConnection;
import io.relook.client.Setting;
import io.relook.embedded.EmbeddedKafka;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.S3Settings;
import io.relook.job.stack.Log;
import io.relook.job.stack.SmallPictures;
import io.relook.job.stack.TestStack;
import io.relook.job.stack.Workload;
import io.relook.schemas.Topic;
import io.relook.wire.CommandReply;
import io.relook.wire.DatasetDescription;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.TrainingOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A CreateModel trains on every image acknowledged before it was sent and on none acknowledged
 * after its answer: its training manifest lists exactly what stands before its markers in the log.
 */
class CutIT {
  private static final long MIB = 1024 * 1024;
  private static final String PROJECT = "parts";

  /** Whatever the key, images go to all partitions in turn, as a foreign partitioner might do. */
  private static final Map<String, String> SPREAD =
      Map.of("partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner");

  @ParameterizedTest
  @CsvSource({
    "1, 2", // more subtasks than partitions
    "5, 2", // fewer
    "5, 6" // more, and images of one project in every partition
  })
  void seesWhatStandsBeforeIt(int partitions, int parallelism, @TempDir Path directory)
      throws Exception {
    try (TestStack stack = small(directory, partitions);
        Workload workload = new Workload(stack.connect(SPREAD), PROJECT)) {
      stack.startJob(parallelism);
      workload.createProject();
      List<ModelMetadata> models = new ArrayList<>();
      try (Stream images = new Stream(workload)) {
        images.awaitAcknowledged(20);
        for (int cut = 0; cut < 3; cut++) {
          models.add(createWhileImagesFlow(workload, "cut-" + cut));
        }
      }
      cutsAreExact(stack, workload.relook(), models);
    }
  }

  @Test
  void seesWhatStandsBeforeItWithOnePartitionFarBehind(@TempDir Path directory) throws Exception {
    try (TestStack stack = small(directory, 5);
        Workload backlog = new Workload(stack.connect(), PROJECT);
        Workload spread = new Workload(stack.connect(SPREAD), PROJECT)) {
      stack.startJob(2);
      backlog.createProject();
      // With its key, the project has one partition of its own: all of this stands there.
      for (int i = 0; i < 300; i++) {
        var unused = backlog.sendImage("backlog-" + i, Label.NORMAL, SmallPictures.png(10_000 + i));
      }
      backlog.flush();
      try (Stream images = new Stream(spread)) {
        images.awaitAcknowledged(20);
        ModelMetadata model = createWhileImagesFlow(spread, "cut");
        cutsAreExact(stack, spread.relook(), List.of(model));
      }
    }
  }

  @Test
  void seesWhatStandsBeforeItThroughRestartsAndRescaling(@TempDir Path directory) throws Exception {
    try (TestStack stack = small(directory, 5);
        Workload workload = new Workload(stack.connect(SPREAD), PROJECT)) {
      stack.startJob(2);
      workload.createProject();
      List<ModelMetadata> models = new ArrayList<>();
      try (Stream images = new Stream(workload)) {
        images.awaitAcknowledged(20);
        CommandReply first = workload.createModel("before-the-crash");
        // Markers are in the log and images keep the extraction busy: some partitions have shown
        // theirs, others have not.
        stack.flink().terminateTaskManager(0);
        stack.flink().startTaskManager();
        models.add(ended(workload, first));

        CommandReply second = workload.createModel("before-the-rescale");
        String savepoint = stack.stopJob();
        stack.startJob(4, Optional.of(savepoint));
        models.add(ended(workload, second));

        CommandReply third = workload.createModel("before-the-other-rescale");
        savepoint = stack.stopJob();
        stack.startJob(1, Optional.of(savepoint));
        models.add(ended(workload, third));
      }
      cutsAreExact(stack, workload.relook(), models);
      oneEndOfEachTraining(workload.relook(), 3);
    }
  }

  @Test
  @Tag("slow")
  void seesTheSameOnAReplayFromTheBeginning(@TempDir Path directory) throws Exception {
    try (TestStack stack = small(directory, 5);
        Workload workload = new Workload(stack.connect(SPREAD), PROJECT)) {
      stack.startJob(2);
      workload.createProject();
      List<ModelMetadata> models = new ArrayList<>();
      try (Stream images = new Stream(workload)) {
        images.awaitAcknowledged(20);
        models.add(createWhileImagesFlow(workload, "first"));
        models.add(createWhileImagesFlow(workload, "second"));
      }
      Map<String, Set<String>> wanted = Log.imagesBeforeCuts(workload.relook());
      stack.stopJob();

      stack.createTopics("again.", 5);
      stack.option("kafka.output-topic-prefix", "again.").option("job.fresh", "true");
      stack.option("kafka.transactional-id-prefix", "again");
      stack.startJob(3);
      RelookConnection again =
          new RelookConnection(stack.settings().with(Setting.TOPIC_PREFIX, "again."));
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> trained(again).size() == models.size());
      assertThat(trained(again))
          .extracting(model -> model.getProvenance().getTrainingManifestDigest())
          .containsExactlyElementsOf(
              models.stream().map(m -> m.getProvenance().getTrainingManifestDigest()).toList());
      assertThat(trained(again))
          .as("same inputs, same model")
          .extracting(model -> model.getProvenance().getModelFileDigest())
          .containsExactlyElementsOf(
              models.stream().map(m -> m.getProvenance().getModelFileDigest()).toList());
      assertThat(wanted).hasSize(2);
    }
  }

  private static TestStack small(Path directory, int partitions) {
    return TestStack.start(directory, partitions, 2, 3, EmbeddedKafka.Settings.defaults())
        .smallBackbone()
        .option("dataset.minimums", "false")
        .option("extraction.threads", "1");
  }

  private static ModelMetadata createWhileImagesFlow(Workload workload, String token) {
    Set<String> before = workload.acknowledged();
    CommandReply reply = workload.createModel(token);
    assertThat(before).isNotEmpty();
    return ended(workload, reply);
  }

  private static ModelMetadata ended(Workload workload, CommandReply reply) {
    ModelMetadata model = workload.awaitEnd(reply);
    assertThat(model.getStatus()).as(model.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
    return model;
  }

  private static void cutsAreExact(
      TestStack stack, RelookConnection relook, List<ModelMetadata> models) throws Exception {
    Map<String, Set<String>> wanted = Log.imagesBeforeCuts(relook);
    Map<String, String> cutOfModel = new HashMap<>();
    for (TrainingOutcome outcome : Log.records(relook, Topic.OUTCOMES, TrainingOutcome.class)) {
      cutOfModel.put(outcome.getModelArn(), outcome.getCutId());
    }
    try (ObjectStore store =
        new S3Settings(stack.s3().endpoint(), stack.s3().region(), true).open()) {
      for (ModelMetadata model : models) {
        Set<String> seen = Log.sourceRefs(store.get(model.getTrainingManifest(), 64 * MIB));
        assertThat(seen)
            .as("images of version %s", model.getModelVersion())
            .isEqualTo(wanted.get(cutOfModel.get(model.getModelArn())));
      }
    }
  }

  private static void oneEndOfEachTraining(RelookConnection relook, int trainings) {
    assertThat(trained(relook))
        .extracting(ModelMetadata::getModelVersion)
        .doesNotHaveDuplicates()
        .hasSize(trainings);
    assertThat(Log.records(relook, Topic.DATASETS, DatasetDescription.class)).isNotEmpty();
  }

  private static List<ModelMetadata> trained(RelookConnection relook) {
    return Log.records(relook, Topic.MODELS, ModelMetadata.class).stream()
        .filter(model -> model.getStatus() == ModelStatus.TRAINED)
        .toList();
  }

  /** Sends small good pictures, a few at a time, until it is closed. */
  private static final class Stream implements AutoCloseable {
    private static final int IN_FLIGHT = 8;
    private static final int MOST = 250;

    private final Workload workload;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger sent = new AtomicInteger();
    private final Thread thread;

    Stream(Workload workload) {
      this.workload = workload;
      this.thread = new Thread(this::send, "images");
      thread.start();
    }

    private void send() {
      // Each waits for one that was sent a few before it: a steady stream and no flood.
      List<CompletableFuture<Void>> flying = new ArrayList<>();
      while (!stopped.get() && sent.get() < MOST) {
        int number = sent.incrementAndGet();
        flying.add(workload.sendImage("image-" + number, Label.NORMAL, SmallPictures.png(number)));
        if (flying.size() > IN_FLIGHT) {
          flying.remove(0).join();
        }
      }
      flying.forEach(CompletableFuture::join);
    }

    void awaitAcknowledged(int count) {
      Awaitility.await().until(() -> workload.acknowledged().size() >= count);
    }

    @Override
    public void close() throws InterruptedException {
      stopped.set(true);
      thread.join();
    }
  }
}

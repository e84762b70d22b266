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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
      List<Cut> cuts = new ArrayList<>();
      try (Stream images = new Stream(workload)) {
        for (int cut = 0; cut < 3; cut++) {
          cuts.add(cutAmid(images, workload, "cut-" + cut));
        }
      }
      cutsAreExact(stack, workload, cuts);
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
        cutsAreExact(stack, spread, List.of(cutAmid(images, spread, "cut")));
      }
    }
  }

  @Test
  void seesWhatStandsBeforeItThroughRestartsAndRescaling(@TempDir Path directory) throws Exception {
    try (TestStack stack = small(directory, 5);
        Workload workload = new Workload(stack.connect(SPREAD), PROJECT)) {
      stack.startJob(2);
      workload.createProject();
      List<Cut> cuts = new ArrayList<>();
      try (Stream images = new Stream(workload)) {
        // The extraction has more to do than the markers in the log: when the job goes down, some
        // partitions have shown theirs, others have not.
        images.burst();
        cuts.add(cutAmid(images, workload, "before-the-crash"));
        stack.flink().terminateTaskManager(0);
        stack.flink().startTaskManager();
        ended(workload, cuts.get(0));

        images.burst();
        cuts.add(cutAmid(images, workload, "before-the-rescale"));
        String savepoint = stack.stopJob();
        stack.startJob(4, Optional.of(savepoint));
        ended(workload, cuts.get(1));

        cuts.add(cutAmid(images, workload, "before-the-other-rescale"));
        savepoint = stack.stopJob();
        stack.startJob(1, Optional.of(savepoint));
      }
      cutsAreExact(stack, workload, cuts);
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
        models.add(ended(workload, cutAmid(images, workload, "first")));
        models.add(ended(workload, cutAmid(images, workload, "second")));
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
        .option("quota.concurrent-trainings", "3")
        .option("extraction.threads", "1");
  }

  /**
   * A cut amid images.
   *
   * @param before acknowledged before its command was sent
   * @param after sent after its answer had come
   */
  private record Cut(CommandReply reply, Set<String> before, Set<String> after) {}

  private static Cut cutAmid(Stream images, Workload workload, String token) {
    images.flowOn();
    Set<String> before = workload.acknowledged();
    CommandReply reply = workload.createModel(token);
    Set<String> after = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      String sourceRef = "after-" + token + "-" + i;
      byte[] picture = SmallPictures.png(sourceRef.hashCode());
      var unused = workload.sendImage(sourceRef, Label.NORMAL, picture);
      after.add(sourceRef);
    }
    workload.flush();
    assertThat(before).isNotEmpty();
    return new Cut(reply, before, after);
  }

  private static ModelMetadata ended(Workload workload, Cut cut) {
    ModelMetadata model = workload.awaitEnd(cut.reply());
    assertThat(model.getStatus()).as(model.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
    return model;
  }

  private static void cutsAreExact(TestStack stack, Workload workload, List<Cut> cuts)
      throws Exception {
    List<ModelMetadata> models = cuts.stream().map(cut -> ended(workload, cut)).toList();
    RelookConnection relook = workload.relook();
    Map<String, Set<String>> wanted = Log.imagesBeforeCuts(relook);
    Map<String, String> cutOfModel = new HashMap<>();
    for (TrainingOutcome outcome : Log.records(relook, Topic.OUTCOMES, TrainingOutcome.class)) {
      cutOfModel.put(outcome.getModelArn(), outcome.getCutId());
    }
    try (ObjectStore store =
        new S3Settings(stack.s3().endpoint(), stack.s3().region(), true).open()) {
      for (int i = 0; i < cuts.size(); i++) {
        ModelMetadata model = models.get(i);
        assertThat(Log.sourceRefs(store.get(model.getTrainingManifest(), 64 * MIB)))
            .as("images of version %s", model.getModelVersion())
            .isEqualTo(wanted.get(cutOfModel.get(model.getModelArn())))
            .containsAll(cuts.get(i).before())
            .doesNotContainAnyElementsOf(cuts.get(i).after());
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

  /** Sends small good pictures at a steady pace, around each cut. */
  private static final class Stream implements AutoCloseable {
    private static final Duration PACE = Duration.ofMillis(40);

    /** So many at most come around a cut, however long it takes: each one is trained on. */
    private static final int AROUND_A_CUT = 24;

    private final Workload workload;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger toSend = new AtomicInteger();
    private final ScheduledExecutorService pacemaker = Executors.newSingleThreadScheduledExecutor();

    Stream(Workload workload) {
      this.workload = workload;
      var unused =
          pacemaker.scheduleAtFixedRate(this::sendOne, 0, PACE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void sendOne() {
      if (sent.get() < toSend.get()) {
        int number = sent.incrementAndGet();
        var unused = workload.sendImage("image-" + number, Label.NORMAL, SmallPictures.png(number));
      }
    }

    /** Lets images flow, and waits for the first of them. */
    void flowOn() {
      int from = toSend.getAndAdd(AROUND_A_CUT);
      Awaitility.await()
          .until(() -> workload.acknowledged().contains("image-" + (from + AROUND_A_CUT / 4)));
    }

    /** Sends images all at once, so that the extraction has something to do for a while. */
    void burst() {
      for (int i = 0; i < 2 * AROUND_A_CUT; i++) {
        String sourceRef = "burst-" + toSend.get() + "-" + i;
        var unused =
            workload.sendImage(sourceRef, Label.NORMAL, SmallPictures.png(sourceRef.hashCode()));
      }
    }

    @Override
    public void close() throws InterruptedException {
      pacemaker.shutdown();
      assertThat(pacemaker.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
  }
}

package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.ACCOUNT;
import static io.relook.job.dataset.DatasetFixtures.ALL_IMAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.dataset.DatasetHarness.Snapshot;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.kafka.TopicRecord;
import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.TrainingOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Timeout;

/**
 * Cuts through the real operator, against a reference that simply knows where in the log everything
 * stands. Records of different partitions arrive in any order, now and then one partition far
 * behind; the operator is killed and restored, sometimes with another parallelism, in the middle of
 * alignments.
 */
@Timeout(60)
class CutsHarnessTest {
  private static final int LOGS = 8;
  private static final List<String> PROJECTS = List.of("bolts", "nuts", "washers");
  private static final MessageCodec CODEC = MessageCodec.standard();

  private Random random = new Random();
  private int partitions;
  private final Map<String, List<Map<String, String>>> applied = new HashMap<>();
  private final Map<String, List<Integer>> versions = new HashMap<>();

  @BeforeEach
  void printTheSeed(RepetitionInfo repetition) {
    long seed = 20261123L + repetition.getCurrentRepetition();
    System.out.println("Seed of this log: " + seed);
    // Seeds that are neighbours begin alike; a long from them does not.
    random = new Random(new Random(seed).nextLong());
    partitions = repetition.getCurrentRepetition() % 4 == 0 ? 1 : 5;
  }

  @AfterEach
  void forget() {
    applied.clear();
    versions.clear();
  }

  @RepeatedTest(LOGS)
  void aCutSeesExactlyWhatStandsBeforeItsMarkers() throws Exception {
    ImageLog log = ImageLog.random(random, partitions, PROJECTS, 120);

    replay(log);

    assertEachCutSawWhatStandsBeforeIt(log);
  }

  @RepeatedTest(LOGS)
  void withPartitioningByKeyACutNeedsThePartitionOfItsProjectAlone() throws Exception {
    ImageLog log = ImageLog.random(random, partitions, PROJECTS, 120, true);

    replay(log);

    assertEachCutSawWhatStandsBeforeIt(log);
  }

  @RepeatedTest(LOGS)
  void markersWrittenAgainByAReplayChangeNothing() throws Exception {
    ImageLog log =
        ImageLog.random(random, partitions, PROJECTS, 80).withMarkersWrittenAgain(random);

    replay(log);

    assertEachCutSawWhatStandsBeforeIt(log);
  }

  @RepeatedTest(LOGS)
  void aProjectWhoseOldestMarkersExpiredIsNotStuck() throws Exception {
    ImageLog log =
        ImageLog.random(random, 3, PROJECTS, 60)
            .withoutTheOldest(random)
            .withMarkersWrittenAgain(random);

    replay(log);

    for (String project : PROJECTS) {
      assertThat(versions.getOrDefault(project, List.of()))
          .as("of an earlier project none that expired, of the newest all")
          .doesNotHaveDuplicates()
          .isSubsetOf(log.trainings(project))
          .containsAll(log.trainingsOfTheNewestProject(project));
    }
  }

  private void assertEachCutSawWhatStandsBeforeIt(ImageLog log) {
    for (String project : PROJECTS) {
      List<Map<String, String>> expected = new ArrayList<>();
      for (int cut : log.trainings(project)) {
        expected.add(log.seenBy(project, cut));
      }
      assertThat(applied.getOrDefault(project, List.of())).isEqualTo(expected);
    }
  }

  /** Lets an operator read the log to its end, with crashes; what it says after a crash counts. */
  private void replay(ImageLog log) throws Exception {
    int[] positions = new int[log.partitions.size()];
    @Nullable Snapshot checkpoint = null;
    int[] checkpointed = positions.clone();
    boolean ended = false;
    for (int run = 0; !ended; run++) {
      int parallelism = random.nextBoolean() ? 1 : 3;
      try (DatasetHarness harness =
          DatasetHarness.open(ALL_IMAGES, false, parallelism, checkpoint)) {
        int lifetime = run < 3 ? random.nextInt(60) : Integer.MAX_VALUE;
        int behind = random.nextInt(positions.length);
        boolean alive = true;
        while (alive && !ended) {
          int partition = next(log, positions, behind);
          ended = partition < 0;
          if (!ended) {
            harness.send(log.partitions.get(partition).get(positions[partition]++));
            alive = lifetime-- > 0;
          }
        }
        if (ended) {
          collect(harness);
          for (String project : PROJECTS) {
            assertThat(harness.left(ACCOUNT + "/" + project))
                .as("state of %s", project)
                .doesNotContain("alignment", "buffered", "waiting", "queues", "references");
          }
        } else {
          // What was said up to the checkpoint is committed; what comes behind it is lost.
          checkpoint = harness.snapshot(run);
          checkpointed = positions.clone();
          collect(harness);
          for (int i = 0; i < 10; i++) {
            int partition = next(log, positions, behind);
            if (partition >= 0) {
              harness.send(log.partitions.get(partition).get(positions[partition]++));
            }
          }
          positions = checkpointed.clone();
        }
      }
    }
  }

  /** A partition that has something to read; the one behind only now and then. */
  private int next(ImageLog log, int[] positions, int behind) {
    List<Integer> open = new ArrayList<>();
    for (int p = 0; p < positions.length; p++) {
      if (positions[p] < log.partitions.get(p).size()) {
        open.add(p);
      }
    }
    if (open.size() > 1 && random.nextInt(20) > 0) {
      open.remove((Integer) behind);
    }
    return open.isEmpty() ? -1 : open.get(random.nextInt(open.size()));
  }

  private void collect(DatasetHarness harness) {
    Map<Integer, Map<String, String>> none = new TreeMap<>();
    Map<String, TreeMap<Integer, Map<String, String>>> said = new HashMap<>();
    for (TrainingOrder training : harness.trainings()) {
      said.computeIfAbsent(training.model().getProjectName(), name -> new TreeMap<>(none))
          .put(
              version(training.model().getModelVersion()),
              training.images().stream()
                  .collect(
                      Collectors.toMap(
                          line -> line.sourceRef(),
                          line -> line.picture().digest(),
                          (a, b) -> {
                            throw new AssertionError("An image twice in one training");
                          },
                          TreeMap::new)));
    }
    for (TopicRecord record : harness.announced()) {
      if (record.topic().equals("relook.outcomes")
          && CODEC.decode(Topic.OUTCOMES, record.value()) instanceof Decoded decoded
          && decoded.record() instanceof TrainingOutcome outcome) {
        // Without any image a training cannot succeed: it saw none.
        said.computeIfAbsent(outcome.getProjectName(), name -> new TreeMap<>(none))
            .put(version(outcome.getModelVersion()), Map.of());
      }
    }
    said.forEach(
        (project, cuts) -> {
          applied.computeIfAbsent(project, name -> new ArrayList<>()).addAll(cuts.values());
          versions.computeIfAbsent(project, name -> new ArrayList<>()).addAll(cuts.keySet());
        });
  }

  private static int version(String modelVersion) {
    return Integer.parseInt(modelVersion);
  }
}

package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.ALL_IMAGES;
import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.PROJECT;
import static io.relook.job.dataset.DatasetFixtures.cut;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static io.relook.job.dataset.DatasetFixtures.standing;
import static io.relook.job.dataset.DatasetFixtures.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.contract.Contract;
import io.relook.job.dataset.DatasetHarness.Snapshot;
import io.relook.job.domain.Split;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.state.StateDescription;
import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetImageStats;
import io.relook.wire.DatasetStatus;
import io.relook.wire.Label;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The data set's state across versions and subtasks. */
class DatasetStateTest {

  /** Fails when a state changes; see the message. */
  @Test
  void theStateIsTheOneOfTheNewestVersion() throws Exception {
    try (DatasetHarness harness = inTheMiddleOfACut()) {
      OperatorSubtaskState state = harness.snapshot(1).state();
      if (!StateDescription.versionToWrite().isEmpty()) {
        OperatorSnapshotUtil.writeStateHandle(
            state, StateDescription.file("dataset", StateDescription.versionToWrite()).toString());
      }
      StateDescription.requireAsReleased("dataset", state);
    }
  }

  private static DatasetHarness inTheMiddleOfACut() throws Exception {
    DatasetHarness harness = DatasetHarness.open(ALL_IMAGES, false);
    long offset = 0;
    for (int i = 0; i < 30; i++) {
      harness.send(
          DatasetFixtures.sent(
              standing(0, offset++, NOON),
              "good-" + i,
              labelled(Label.NORMAL),
              DatasetFixtures.aPicture("good " + i)));
    }
    for (int i = 0; i < 12; i++) {
      harness.send(
          DatasetFixtures.sent(
              standing(0, offset++, NOON),
              "bad-" + i,
              DatasetFixtures.aDefect("dent"),
              DatasetFixtures.aPicture("bad " + i)));
    }
    harness.send(cut(PROJECT, standing(0, offset++, NOON), 1, 1));
    harness.send(cut(PROJECT, standing(0, offset++, NOON), 2, 2));
    return harness.send(
        DatasetFixtures.sent(
            standing(0, offset, NOON),
            "late",
            labelled(Label.NORMAL),
            DatasetFixtures.aPicture("late")));
  }

  @ParameterizedTest
  @CsvSource({"0.3, 1", "0.3, 3", "0.4, 1", "0.4, 3", "0.5, 1", "0.5, 3"})
  @Contract("STATE-UPGRADE")
  void stateOfEveryVersionIsRestored(String version, int subtasks) throws Exception {
    Snapshot snapshot =
        new Snapshot(
            OperatorSnapshotUtil.readStateHandle(
                StateDescription.file("dataset", version).toString()),
            1);
    try (DatasetHarness first = DatasetHarness.open(ALL_IMAGES, false, subtasks, snapshot);
        DatasetHarness second = DatasetHarness.open(ALL_IMAGES, false, subtasks, snapshot)) {
      // The other partition shows the cut: it is applied, then the image behind it.
      first.send(cut(PROJECT, standing(1, 0, NOON), 2, 2));
      assertThat(first.trainings()).hasSize(1);
      TrainingOrder set = first.trainings().get(0);
      assertThat(set.images()).hasSize(42).noneMatch(line -> line.sourceRef().equals("late"));
      assertThat(set.images()).filteredOn(line -> line.split() == Split.TEST).hasSize(20);
      second.send(cut(PROJECT, standing(1, 0, NOON), 2, 2));
      assertThat(splits(second.trainings().get(0))).isEqualTo(splits(set));
      first.letTimePass(1_000);
      DatasetDescription described = (DatasetDescription) last(first, Topic.DATASETS);
      assertThat(described.getImageStats()).isEqualTo(new DatasetImageStats(43, 43, 31, 12));
      assertThat(described.getStatus()).isEqualTo(DatasetStatus.UPDATE_COMPLETE);
      assertThat(first.announced(Topic.OUTCOMES)).as("reported before").isEmpty();
    }
  }

  @Test
  @Contract("STATE-RESCALE")
  void nothingIsLostByARescale() throws Exception {
    try (DatasetHarness one = DatasetHarness.open(ALL_IMAGES, false)) {
      one.send(
          DatasetFixtures.sent(
              standing(0, 0, NOON), "a", labelled(Label.NORMAL), DatasetFixtures.aPicture("a")),
          DatasetFixtures.sent(
              standing(0, 1, NOON), "b", labelled(Label.NORMAL), DatasetFixtures.aPicture("b")),
          withdrawn(standing(0, 2, NOON), "b"));
      try (DatasetHarness three = DatasetHarness.open(ALL_IMAGES, false, 3, one.snapshot(1))) {
        three.letTimePass(Duration.ofHours(50).toMillis());
        assertThat(three.removals()).hasSize(1);
        assertThat(three.removals().get(0).objects())
            .extracting(object -> object.getKey().toString())
            .containsExactly(
                "features/b", "pictures/" + DatasetFixtures.KEY + "/b", "summaries/b-v1");
        three.send(cut(PROJECT, standing(0, 3, NOON), 1, 1));
        assertThat(three.trainings().get(0).images())
            .extracting(TrainingImage::sourceRef)
            .containsExactly("a");
        assertThat(three.announced(Topic.OUTCOMES)).as("reported before").isEmpty();
      }
    }
  }

  private static Map<String, Split> splits(TrainingOrder set) {
    return set.images().stream()
        .collect(Collectors.toMap(TrainingImage::sourceRef, TrainingImage::split));
  }

  private static Object last(DatasetHarness harness, Topic topic) {
    var records = harness.announced(topic);
    byte[] value = records.get(records.size() - 1).value();
    return ((Decoded) MessageCodec.standard().decode(topic, value)).record();
  }
}

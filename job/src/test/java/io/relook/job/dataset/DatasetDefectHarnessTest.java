package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.ALL_IMAGES;
import static io.relook.job.dataset.DatasetFixtures.KEY;
import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.PROJECT;
import static io.relook.job.dataset.DatasetFixtures.aPicture;
import static io.relook.job.dataset.DatasetFixtures.cut;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static io.relook.job.dataset.DatasetFixtures.sent;
import static io.relook.job.dataset.DatasetFixtures.standing;
import static io.relook.job.dataset.DatasetFixtures.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingImage;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DeleteModel;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.S3Object;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A message on which the data set itself fails is rejected, and costs nothing else. */
@SuppressWarnings("NullAway") // nulls make it fail
class DatasetDefectHarnessTest {
  private DatasetHarness harness;
  private long offset;

  @BeforeEach
  void open() throws Exception {
    harness = DatasetHarness.open(ALL_IMAGES, false);
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void eachIsRejectedAtOnceAndLeavesNothing() throws Exception {
    for (int i = 0; i < 20; i++) {
      harness.send(bad(0, "bad-" + i));
    }

    assertThat(harness.rejected()).hasSize(20);
    RejectedMessage first = harness.rejected().get(0);
    assertThat(first.origin().place()).isEqualTo("relook.images-0-0");
    assertThat(first.reason().code()).isEqualTo(RejectionCode.POISON);
    assertThat(first.reason().stage()).isEqualTo("dataset");
    assertThat(first.reason().sourceRef()).isEqualTo("bad-0");
    assertThat(first.reason().message())
        .startsWith("relook failed while applying this message: NullPointerException:");
    assertThat(harness.left(KEY)).containsExactly("indexed", "offsets");
    assertThat(harness.timers()).isZero();
    assertThat(harness.announced()).isEmpty();
  }

  @Test
  void whatTheDataSetHasStaysAsItWas() throws Exception {
    harness.send(good(0, "a"), good(0, "b"));
    harness.letTimePass(1_000);
    Set<String> before = harness.left(KEY);
    harness.send(bad(0, "a"));
    harness.letTimePass(Duration.ofHours(60).toMillis());

    assertThat(harness.rejected()).hasSize(1);
    assertThat(harness.left(KEY)).isEqualTo(before);
    assertThat(harness.removals()).as("nothing lost its last reference").isEmpty();
    harness.send(good(0, "c"));
    harness.letTimePass(1_000);
    assertThat(lastDescription().getImageStats().getTotal()).isEqualTo(3);
    harness.send(cut(PROJECT, place(0), 1, 1));
    assertThat(harness.trainings().get(0).images())
        .extracting(line -> line.sourceRef() + " " + line.picture().digest())
        .containsExactly("a digest of a", "b digest of b", "c digest of c");
  }

  @Test
  void oneThatWaitedForACutIsRejectedWhenItsTurnComes() throws Exception {
    harness.send(good(0, "a"), cut(PROJECT, place(0), 1, 2), bad(0, "bad"), good(0, "b"));
    assertThat(harness.rejected()).isEmpty();
    restore(null);
    harness.send(cut(PROJECT, place(1), 1, 2), good(0, "c"));

    assertThat(harness.rejected())
        .extracting(rejected -> rejected.reason().code(), rejected -> rejected.reason().sourceRef())
        .containsExactly(tuple(RejectionCode.POISON, "bad"));
    assertThat(trained(0)).containsExactly("a");
    assertThat(harness.left(KEY)).doesNotContain("alignment", "waiting", "queues", "references");
    harness.send(cut(PROJECT, place(0), 2, 2), cut(PROJECT, place(1), 2, 2));
    assertThat(trained(1)).containsExactly("a", "b", "c");
  }

  @Test
  void oneThatWaitedAndIsInQuarantineIsRejectedWhenItsTurnComes() throws Exception {
    InMemoryObjectStore store = new InMemoryObjectStore("relook");
    harness.send(cut(PROJECT, place(0), 1, 2), good(0, "b"));
    store.put(
        new S3Object("relook", "poison/relook.images/0-1", null),
        "{\"crashes\":0,\"condemned\":\"relook failed: a defect.\"}"
            .getBytes(StandardCharsets.UTF_8),
        "application/json",
        Optional.empty());
    restore(new QuarantineSettings(new OwnBucket(store.factory(), "relook", null), 3, 10));
    harness.send(cut(PROJECT, place(1), 1, 2));

    assertThat(harness.rejected()).hasSize(1);
    assertThat(harness.rejected().get(0).reason().message()).isEqualTo("relook failed: a defect.");
    assertThat(harness.left(KEY)).doesNotContain("entries", "waiting", "references");
  }

  @Test
  void aCutOnWhichItFailsIsRejectedCountsAsAppliedAndItsTrainingFails() throws Exception {
    harness.send(good(0, "a"), good(0, "b"));
    Set<String> before = harness.left(KEY);
    ImageChange marker = cut(PROJECT, place(0), 1, 1);
    ModelMetadata model = DatasetFixtures.aModel(PROJECT, 1);
    model.setOutputConfig(null); // no check lets it pass
    marker.cut().setModel(model);
    harness.send(marker);

    assertThat(harness.rejected()).hasSize(1);
    assertThat(harness.rejected().get(0).origin().place()).isEqualTo("relook.images-0-2");
    assertThat(harness.rejected().get(0).reason().code()).isEqualTo(RejectionCode.POISON);
    assertThat(harness.announced(Topic.OUTCOMES)).hasSize(2);
    TrainingOutcome outcome =
        (TrainingOutcome)
            ((Decoded)
                    MessageCodec.standard()
                        .decode(Topic.OUTCOMES, harness.announced(Topic.OUTCOMES).get(1).value()))
                .record();
    assertThat(outcome.getModelArn()).isEqualTo(DatasetFixtures.aModel(PROJECT, 1).getModelArn());
    assertThat(outcome.getCutId()).isEqualTo("relook.commands-0-1");
    TrainingFailed failed = (TrainingFailed) outcome.getOutcome();
    assertThat(failed.getReason()).isEqualTo("DEFECT");
    assertThat(failed.getMessage())
        .startsWith("relook failed while this model's images were being selected: NullPointer")
        .contains("create the model again once it is fixed, or from other images");
    assertThat(harness.left(KEY)).isEqualTo(union(before, "applied-cuts", "incarnation"));
    harness.send(cut(PROJECT, place(0), 1, 1));
    assertThat(harness.rejected()).as("a repeated marker").hasSize(1);

    harness.send(withdrawn(place(0), "b"), cut(PROJECT, place(0), 2, 1));
    assertThat(trained(0)).containsExactly("a");
  }

  @Test
  void anyOtherCutOnWhichItFailsLeavesTheDataSetAsItWas() throws Exception {
    harness.send(good(0, "a"), good(0, "b"));
    harness.letTimePass(1_000);
    Set<String> before = harness.left(KEY);
    int announced = harness.announced().size();
    ImageChange marker = cut(PROJECT, place(0), 1, 1);
    harness.send(
        new ImageChange(
            marker.account(),
            marker.project(),
            marker.origin(),
            "",
            null,
            null,
            null,
            CutMarker.newBuilder(marker.cut())
                .setCommand(new DeleteModel(PROJECT, "1", null))
                .setModel(null)
                .build()));

    assertThat(harness.rejected()).hasSize(1);
    assertThat(harness.announced()).hasSize(announced);
    assertThat(harness.left(KEY)).isEqualTo(union(before, "applied-cuts", "incarnation"));
  }

  @Test
  void whatIsDueIsTriedAgainWhenItFails() throws Exception {
    harness.send(good(0, "a"), withdrawn(place(0), "a"));
    Map<String, DueErasure> lost = harness.takeUnreferenced(KEY);
    assertThat(lost).hasSize(3);
    harness.letTimePass(Duration.ofHours(49).plusMinutes(10).toMillis());
    assertThat(harness.removals()).as("the index has what the state has lost").isEmpty();
    harness.putUnreferenced(KEY, lost);
    harness.letTimePass(DatasetFunction.RETRY_MILLIS);

    assertThat(harness.objects(ObjectRemoval.Step.TO_TRASH))
        .containsExactly(
            "features/digest of a", "pictures/" + KEY + "/digest of a", "summaries/digest of a-v1");
  }

  private void restore(QuarantineSettings quarantine) throws Exception {
    DatasetHarness.Snapshot snapshot = harness.snapshot(1);
    harness.close();
    harness = DatasetHarness.open(ALL_IMAGES, false, 1, snapshot, quarantine);
  }

  private static Set<String> union(Set<String> states, String... more) {
    Set<String> all = new TreeSet<>(states);
    all.addAll(List.of(more));
    return all;
  }

  private List<String> trained(int training) {
    return harness.trainings().get(training).images().stream()
        .map(TrainingImage::sourceRef)
        .toList();
  }

  private DatasetDescription lastDescription() {
    var all = harness.announced(Topic.DATASETS);
    return (DatasetDescription)
        ((Decoded) MessageCodec.standard().decode(Topic.DATASETS, all.get(all.size() - 1).value()))
            .record();
  }

  private ImageChange good(int partition, String sourceRef) {
    return sent(
        place(partition), sourceRef, labelled(Label.NORMAL), aPicture("digest of " + sourceRef));
  }

  /** An image that fails the data set only after it was written and counted. */
  private ImageChange bad(int partition, String sourceRef) {
    return sent(
        place(partition),
        sourceRef,
        labelled(Label.NORMAL),
        new StoredPicture("bad", null, "pictures/bad", 64, 64, "features/bad"));
  }

  private KafkaRecord place(int partition) {
    return standing(partition, offset++, NOON);
  }
}

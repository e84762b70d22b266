package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.ACCOUNT;
import static io.relook.job.dataset.DatasetFixtures.ALL_IMAGES;
import static io.relook.job.dataset.DatasetFixtures.KEY;
import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.PROJECT;
import static io.relook.job.dataset.DatasetFixtures.aDefect;
import static io.relook.job.dataset.DatasetFixtures.aPicture;
import static io.relook.job.dataset.DatasetFixtures.cut;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static io.relook.job.dataset.DatasetFixtures.relabelled;
import static io.relook.job.dataset.DatasetFixtures.sent;
import static io.relook.job.dataset.DatasetFixtures.standing;
import static io.relook.job.dataset.DatasetFixtures.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.contract.Contract;
import io.relook.job.domain.Annotation;
import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.Mask;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.ObjectRemoval.Step;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingImage;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.TopicRecord;
import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.CreateDataset;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetImageStats;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteProject;
import io.relook.wire.Label;
import io.relook.wire.S3Object;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatasetFunctionHarnessTest {
  private static final long ERASURE_DELAY = Duration.ofHours(49).toMillis();
  private static final long GRAIN = Duration.ofMinutes(10).toMillis();

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
  void aTrainingIsToldItsModelItsCutAndItsImages() throws Exception {
    send("a", labelled(Label.NORMAL));
    mark(1);

    assertThat(harness.trainings()).hasSize(1);
    assertThat(harness.trainings().get(0).model()).isEqualTo(DatasetFixtures.aModel(PROJECT, 1));
    assertThat(harness.trainings().get(0).cutId()).isEqualTo("relook.commands-0-1");
    assertThat(harness.trainings().get(0).images())
        .extracting(TrainingImage::sourceRef)
        .containsExactly("a");
  }

  @Test
  void aTrainingThatCannotSucceedEndsAtOnce() throws Exception {
    mark(1);

    TopicRecord announced = harness.announced().get(0);
    assertThat(announced.topic()).isEqualTo("relook.outcomes");
    assertThat(announced.key()).isEqualTo("123456789012".getBytes(StandardCharsets.UTF_8));
    TrainingOutcome outcome = decoded(Topic.OUTCOMES, announced, TrainingOutcome.class);
    assertThat(outcome.getModelArn()).isEqualTo(DatasetFixtures.aModel(PROJECT, 1).getModelArn());
    assertThat(outcome.getModelVersion()).isEqualTo("1");
    assertThat(outcome.getCutId()).isEqualTo("relook.commands-0-1");
    assertThat(outcome.getEndedAt()).isEqualTo(NOON.plusSeconds(1));
    assertThat(outcome.getOutcome())
        .isEqualTo(
            new TrainingFailed(
                "TOO_FEW_IMAGES", "The train data set has no normal image: add at least one."));
    assertThat(harness.trainings()).isEmpty();
  }

  @Test
  void whatCannotBeAppliedIsRefused() throws Exception {
    harness.send(withdrawn(place(), "a"));

    assertThat(harness.rejected()).hasSize(1);
    assertThat(harness.rejected().get(0).origin().place()).isEqualTo("relook.images-0-0");
    assertThat(harness.timers()).isZero();
    assertThat(harness.left(KEY)).containsExactly("indexed", "offsets");
  }

  @Test
  void changesOfHalfASecondMakeOneEvent() throws Exception {
    for (int i = 0; i < 5; i++) {
      send("good-" + i, labelled(Label.NORMAL));
    }
    send("bad", aDefect("scratch"));
    harness.letTimePass(499);
    assertThat(harness.announced(Topic.DATASETS)).isEmpty();
    harness.letTimePass(1);

    assertThat(harness.announced(Topic.DATASETS)).hasSize(1);
    TopicRecord announced = harness.announced(Topic.DATASETS).get(0);
    assertThat(announced.topic()).isEqualTo("relook.datasets");
    assertThat(decoded(Topic.DATASETS, announced, DatasetDescription.class))
        .isEqualTo(
            DatasetDescription.newBuilder()
                .setAccount("123456789012")
                .setDatasetArn("arn:aws:lookoutvision:us-east-1:123456789012:dataset/bolts/train")
                .setProjectName(PROJECT)
                .setDatasetType(DatasetType.TRAIN)
                .setCreationTimestamp(NOON)
                .setLastUpdatedTimestamp(NOON)
                .setStatus(DatasetStatus.UPDATE_COMPLETE)
                .setStatusMessage("The dataset was updated successfully.")
                .setImageStats(new DatasetImageStats(6, 6, 5, 1))
                .setImagesByDefectClass(Map.of("scratch", 1))
                .build());
    harness.letTimePass(10_000);
    assertThat(harness.announced(Topic.DATASETS)).hasSize(1);
  }

  @Test
  void aChangeAfterAnEventMakesAnother() throws Exception {
    send("a", labelled(Label.NORMAL));
    harness.letTimePass(500);
    harness.send(relabelled(place(), "a", aDefect("dent")));
    harness.letTimePass(500);

    assertThat(harness.announced(Topic.DATASETS)).hasSize(2);
  }

  @Test
  void anEventThatWasDueWhenTheJobDiedIsSentByTheNext() throws Exception {
    send("a", labelled(Label.NORMAL));
    try (DatasetHarness next = DatasetHarness.open(ALL_IMAGES, false, 3, harness.snapshot(1))) {
      next.letTimePass(500);
      assertThat(next.announced(Topic.DATASETS)).hasSize(1);
    }
  }

  @Test
  void whatIsLeftIsWhatIsNeeded() throws Exception {
    send("a", labelled(Label.NORMAL));
    assertThat(harness.left(KEY))
        .containsExactly(
            "changed",
            "counts",
            "entries",
            "indexed",
            "offsets",
            "pictures",
            "time-heads",
            "time-nodes");
    mark(1);
    harness.letTimePass(500);
    assertThat(harness.left(KEY))
        .containsExactly(
            "applied-cuts",
            "counts",
            "entries",
            "incarnation",
            "indexed",
            "offsets",
            "outputs",
            "pictures",
            "splits",
            "time-heads",
            "time-nodes");
    harness.send(withdrawn(place(), "a"));
    harness.letTimePass(500);

    assertThat(harness.left(KEY))
        .containsExactly(
            "applied-cuts",
            "counts",
            "incarnation",
            "indexed",
            "offsets",
            "outputs",
            "splits",
            "time-heads",
            "time-links",
            "time-nodes",
            "unreferenced");
  }

  @Test
  void whileACutIsWaitedForItsPartitionsRecordsAreKept() throws Exception {
    harness.send(cut(PROJECT, standing(0, 0, NOON), 1, 2));
    harness.send(sent(standing(0, 1, NOON), "late", labelled(Label.NORMAL), aPicture("1")));

    assertThat(harness.left(KEY))
        .containsExactly("alignment", "indexed", "offsets", "queues", "references", "waiting");
  }

  @Test
  void cutsAreForgottenWhenNoReplayCanMeetThem() throws Exception {
    mark(1);
    mark(2);
    assertThat(harness.cutsRemembered(KEY)).isEqualTo(2);
    int daysLater = (int) (AlignmentBuffer.CUTS_REMEMBERED_MILLIS / 1000) + 2;
    mark(daysLater);

    // The second is exactly as old as is remembered.
    assertThat(harness.cutsRemembered(KEY)).isEqualTo(2);
  }

  @Test
  @Contract("ERASURE-DELAY")
  void whatHasLeftIsErasedAfterTheDelayUnlessItCameBack() throws Exception {
    send("a", labelled(Label.NORMAL));
    send("b", labelled(Label.NORMAL));
    harness.send(withdrawn(place(), "a"), withdrawn(place(), "b"));
    harness.letTimePass(ERASURE_DELAY - 1);
    assertThat(harness.removals()).isEmpty();
    send("b", labelled(Label.NORMAL));
    harness.letTimePass(GRAIN + 1);

    assertThat(harness.objects(Step.TO_TRASH))
        .containsExactly(
            "features/digest of a", "pictures/" + KEY + "/digest of a", "summaries/digest of a-v1");
    assertThat(harness.objects(Step.ERASE)).isEmpty();
    harness.letTimePass(ErasureSchedule.TRASH_MILLIS);
    assertThat(harness.objects(Step.ERASE))
        .containsExactly(
            "features/digest of a", "pictures/" + KEY + "/digest of a", "summaries/digest of a-v1");
    List<TopicRecord> described = harness.announced(Topic.DATASETS);
    assertThat(
            decoded(Topic.DATASETS, described.get(described.size() - 1), DatasetDescription.class)
                .getErasedPictures())
        .isEqualTo(1);
    assertThat(harness.left(KEY)).doesNotContain("unreferenced", "trash");
  }

  @Test
  @Contract("ERASURE-DELAY")
  void aPictureThatIsSentAgainWhileItIsErasedIsPutBackBeforeItIsTrainedWith() throws Exception {
    send("a", labelled(Label.NORMAL));
    harness.send(withdrawn(place(), "a"));
    harness.letTimePass(ERASURE_DELAY + GRAIN);
    // Found there before it was set aside, and on its way since.
    send("a", labelled(Label.NORMAL));
    mark(1);
    harness.letTimePass(2 * ErasureSchedule.TRASH_MILLIS);

    assertThat(harness.objects(Step.RESTORE))
        .containsExactlyElementsOf(harness.objects(Step.TO_TRASH));
    assertThat(harness.objects(Step.ERASE)).isEmpty();
    List<DatasetOutput> orders = harness.orders();
    assertThat(orders.get(orders.size() - 2).removal())
        .extracting(ObjectRemoval::step)
        .isEqualTo(Step.RESTORE);
    assertThat(orders.get(orders.size() - 1).training()).isNotNull();
  }

  @Test
  void whatWaitsForACutIsNotErased() throws Exception {
    send("a", labelled(Label.NORMAL));
    harness.send(withdrawn(place(), "a"));
    harness.send(cut(PROJECT, place(), 1, 2));
    send("a", labelled(Label.NORMAL));
    harness.letTimePass(ERASURE_DELAY + 6 * GRAIN);
    assertThat(harness.removals()).isEmpty();
    harness.send(cut(PROJECT, standing(1, 0, NOON), 1, 2));
    harness.letTimePass(GRAIN);

    assertThat(harness.removals()).isEmpty();
    assertThat(harness.left(KEY)).contains("entries").doesNotContain("unreferenced", "trash");
  }

  @Test
  void whatWasSetAsideIsNotErasedWhileItsImageWaitsForACut() throws Exception {
    send("a", labelled(Label.NORMAL));
    harness.send(withdrawn(place(), "a"));
    harness.letTimePass(ERASURE_DELAY + GRAIN);
    harness.send(cut(PROJECT, place(), 1, 2));
    send("a", labelled(Label.NORMAL));
    harness.letTimePass(2 * ErasureSchedule.TRASH_MILLIS);
    assertThat(harness.objects(Step.ERASE)).isEmpty();
    harness.send(cut(PROJECT, standing(1, 0, NOON), 1, 2));

    assertThat(harness.objects(Step.RESTORE)).hasSize(3);
  }

  @Test
  void thePictureOfARefusedImageIsErasedToo() throws Exception {
    Mask tooSmall = new Mask("m", "relook", "masks/" + KEY + "/m", 1, 1, List.of("scratch"));
    StoredPicture picture = aPicture("digest of a");
    harness.send(
        new ImageChange(
            ACCOUNT, PROJECT, place(), "a", aDefect("scratch"), picture, tooSmall, null));
    assertThat(harness.rejected()).hasSize(1);
    harness.letTimePass(ERASURE_DELAY + GRAIN);

    assertThat(harness.objects(Step.TO_TRASH))
        .containsExactly(
            "features/digest of a",
            "masks/" + KEY + "/m",
            "pictures/" + KEY + "/digest of a",
            "summaries/digest of a-v1");
  }

  @Test
  void manyAreErasedSomeAtATime() throws Exception {
    int images = ErasureSchedule.AT_ONCE;
    for (int i = 0; i < images; i++) {
      send("image " + i, labelled(Label.NORMAL));
    }
    for (int i = 0; i < images; i++) {
      harness.send(withdrawn(place(), "image " + i));
    }
    harness.letTimePass(ERASURE_DELAY + GRAIN + ErasureSchedule.TRASH_MILLIS + 10_000);

    assertThat(harness.removals())
        .hasSize(6)
        .allMatch(removal -> removal.objects().size() == images);
    assertThat(harness.objects(Step.ERASE)).hasSize(3 * images).doesNotHaveDuplicates();
    assertThat(harness.left(KEY)).doesNotContain("unreferenced", "trash");
  }

  @Test
  @Contract("STATE-EMPTY")
  void aDeletedProjectLeavesNothingOnceNoMarkerOfItCanCome() throws Exception {
    send("a", labelled(Label.NORMAL));
    mark(1);
    command(2, new DeleteProject(PROJECT, null));
    assertThat(harness.left(KEY)).doesNotContain("entries", "splits", "counts");
    harness.letTimePass(DatasetFunction.FORGET_MILLIS - 1);
    assertThat(harness.left(KEY))
        .containsExactly(
            "applied-cuts", "deletions", "forget-at", "incarnation", "indexed", "offsets");
    harness.letTimePass(1);

    assertThat(harness.left(KEY)).isEmpty();
    assertThat(harness.timers()).isZero();
  }

  @Test
  void aProjectThatIsUsedAgainIsNotForgotten() throws Exception {
    command(1, new DeleteProject(PROJECT, null));
    send("a", labelled(Label.NORMAL));
    harness.letTimePass(DatasetFunction.FORGET_MILLIS);

    assertThat(harness.left(KEY)).contains("entries", "counts", "offsets", "deletions");
  }

  @Test
  void anImportIsAskedForOnce() throws Exception {
    S3Object manifest = new S3Object("factory", "m.manifest", null);
    command(1, new CreateDataset(PROJECT, DatasetType.TRAIN, manifest, null));

    assertThat(harness.imports()).hasSize(1);
    assertThat(harness.imports().get(0).manifest()).isEqualTo(manifest);
    assertThat(harness.announced(Topic.DATASETS)).hasSize(1);
  }

  private void command(int cut, Object command) throws Exception {
    ImageChange change = cut(PROJECT, place(), cut, 1);
    harness.send(
        new ImageChange(
            change.account(),
            change.project(),
            change.origin(),
            "",
            null,
            null,
            null,
            CutMarker.newBuilder(change.cut()).setCommand(command).setModel(null).build()));
  }

  private void send(String sourceRef, Annotation annotation) throws Exception {
    harness.send(sent(place(), sourceRef, annotation, aPicture("digest of " + sourceRef)));
  }

  private void mark(int cut) throws Exception {
    harness.send(cut(PROJECT, place(), cut, 1));
  }

  private KafkaRecord place() {
    return standing(0, offset++, NOON);
  }

  private static <T> T decoded(Topic topic, TopicRecord record, Class<T> type) {
    return type.cast(((Decoded) MessageCodec.standard().decode(topic, record.value())).record());
  }
}

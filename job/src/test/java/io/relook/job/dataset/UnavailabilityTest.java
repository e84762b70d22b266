package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.ACCOUNT;
import static io.relook.job.dataset.DatasetFixtures.ALL_IMAGES;
import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.PROJECT;
import static io.relook.job.dataset.DatasetFixtures.aDefect;
import static io.relook.job.dataset.DatasetFixtures.aPicture;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static io.relook.job.dataset.DatasetFixtures.relabelled;
import static io.relook.job.dataset.DatasetFixtures.sent;
import static io.relook.job.dataset.DatasetFixtures.standing;
import static io.relook.job.dataset.DatasetFixtures.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.dataset.Unavailability.Outcome;
import io.relook.job.domain.Annotation;
import io.relook.job.domain.Deferral;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.ImportedLine;
import io.relook.job.domain.Mask;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RetryRequest;
import io.relook.job.domain.Split;
import io.relook.job.domain.StoredPicture;
import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnavailabilityTest {
  private static final long NOW = UnavailableImage.GRID_MILLIS * 1_000;
  private static final Deferral OVER_7 = Deferral.over(2, 7);

  private final Dataset dataset = new Dataset(DatasetFixtures.settings(ALL_IMAGES, true));
  private final Unavailability unavailability = new Unavailability(dataset);
  private final InMemoryDatasetState state = new InMemoryDatasetState();

  @Test
  void anImageThatCannotBeReadIsCountedInItsPlace() {
    assertThat(arrive("a", aDefect("dent"), 7)).isInstanceOf(Outcome.Waits.class);

    assertThat(counts().images().total()).isEqualTo(1);
    assertThat(counts().images().byDefectClass()).containsEntry("dent", 1);
    assertThat(state.entries).isEmpty();
    assertThat(Unavailability.leftOut(state))
        .contains("1 labelled image could not be read and is left out: a.");
  }

  @Test
  void whenItCanBeReadItIsInTheDataSetAsAnyOther() {
    arrive("a", aDefect("dent"), 7);

    assertThat(retry("a", aDefect("dent"), aPicture("p").with(OVER_7)))
        .isInstanceOf(Outcome.Taken.class);

    assertThat(state.unavailable).isEmpty();
    DatasetEntry entry = state.entry("a").orElseThrow();
    assertThat(entry.picture()).isEqualTo(aPicture("p"));
    assertThat(entry.createdAt()).isEqualTo(NOON.toEpochMilli());
    assertThat(counts().images().total()).isEqualTo(1);
    assertThat(counts().images().anomaly()).isEqualTo(1);
    assertThat(Unavailability.leftOut(state)).isEmpty();
  }

  @Test
  void wordOfAnImageThatChangedSinceIsIgnored() {
    arrive("a", labelled(Label.NORMAL), 7);
    arrive("a", labelled(Label.NORMAL), 8);
    assertThat(retry("a", labelled(Label.NORMAL), aPicture("p").with(OVER_7)))
        .isInstanceOf(Outcome.Ignored.class);
    assertThat(state.entries).isEmpty();

    dataset.apply(state, sent(place(9), "a", labelled(Label.NORMAL), aPicture("new")));
    assertThat(retry("a", labelled(Label.NORMAL), aPicture("p").with(Deferral.over(2, 8))))
        .isInstanceOf(Outcome.Ignored.class);
    assertThat(givenUp("a", 8)).isInstanceOf(Outcome.Ignored.class);
    assertThat(state.entry("a").orElseThrow().picture()).isEqualTo(aPicture("new"));
    assertThat(counts().images().total()).isEqualTo(1);

    assertThat(givenUp("never seen", 8)).isInstanceOf(Outcome.Ignored.class);
  }

  @Test
  void theSameWordTwiceChangesNothing() {
    arrive("a", labelled(Label.NORMAL), 7);
    retry("a", labelled(Label.NORMAL), aPicture("p").with(OVER_7));

    assertThat(retry("a", labelled(Label.NORMAL), aPicture("p").with(OVER_7)))
        .isInstanceOf(Outcome.Ignored.class);
    assertThat(counts().images().total()).isEqualTo(1);
  }

  @Test
  void anImageThatIsGivenUpLeavesWithItsOwnMessage() {
    arrive("a", labelled(Label.NORMAL), 7);

    Outcome.GivenUp givenUp = (Outcome.GivenUp) givenUp("a", 7);

    assertThat(givenUp.rejected().origin().place()).isEqualTo("relook.images-2-7");
    assertThat(givenUp.rejected().origin().value()).containsExactly(7);
    assertThat(givenUp.rejected().reason().code()).isEqualTo(RejectionCode.PICTURE_NOT_FOUND);
    assertThat(givenUp.rejected().reason().message()).isEqualTo("Too late.");
    assertThat(givenUp.rejected().reason().sourceRef()).isEqualTo("a");
    assertThat(state.unavailable).isEmpty();
    assertThat(counts().images().total()).isZero();
  }

  @Test
  void aLargeMessageStaysInTheLogAlone() {
    KafkaRecord large =
        new KafkaRecord(
            "relook.images",
            2,
            7,
            NOON.toEpochMilli(),
            null,
            new byte[UnavailableImage.MAX_KEPT_BYTES + 1]);
    unavailability.apply(
        state, waits(large, "a", labelled(Label.NORMAL), false), deferral(large), NOW);

    KafkaRecord kept = state.unavailable("a").orElseThrow().message();
    assertThat(kept.value()).isNull();
    assertThat(kept.place()).isEqualTo(large.place());
  }

  @Test
  void itTakesThePlaceOfTheImageBefore() {
    dataset.apply(state, sent(place(5), "a", aDefect("dent"), aPicture("old")));
    state.put(state.entry("a").orElseThrow().on(Split.TEST));

    arrive("a", labelled(Label.NORMAL), 7);

    assertThat(state.entries).isEmpty();
    assertThat(counts().images().total()).isEqualTo(1);
    assertThat(counts().images().normal()).isEqualTo(1);
    assertThat(state.left).containsKey("features/old");

    retry("a", labelled(Label.NORMAL), aPicture("p").with(OVER_7));
    assertThat(state.entry("a").orElseThrow().split())
        .as("a split never changes")
        .isEqualTo(Split.TEST);
  }

  @Test
  void aLabelThatCameMeanwhileCounts() {
    arrive("a", labelled(Label.NORMAL), 7);

    assertThat(dataset.apply(state, relabelled(place(8), "a", aDefect("dent")))).isEmpty();
    assertThat(counts().images().anomaly()).isEqualTo(1);
    assertThat(counts().images().normal()).isZero();
    retry("a", labelled(Label.NORMAL), aPicture("p").with(OVER_7));

    assertThat(state.entry("a").orElseThrow().annotation()).isEqualTo(aDefect("dent"));
    assertThat(counts().images().total()).isEqualTo(1);
    assertThat(counts().images().anomaly()).isEqualTo(1);
  }

  @Test
  void aMaskThatCannotBeReadKeepsThePictureThatItIsFor() {
    dataset.apply(state, sent(place(5), "a", labelled(Label.NONE), aPicture("old")));
    ImageChange label = waits(place(7), "a", aDefect("dent"), true);
    unavailability.apply(state, label, Objects.requireNonNull(label.deferral()), NOW);
    assertThat(state.left).as("its objects are still needed").isEmpty();
    assertThat(dataset.ownObjects("acct/" + PROJECT, state.unavailable("a").orElseThrow()))
        .contains("features/old");

    Mask mask = new Mask("m", "relook", "masks/m", 64, 64, List.of("dent"));
    ImageChange read =
        new ImageChange(
            ACCOUNT,
            PROJECT,
            place(20),
            "a",
            aDefect("dent"),
            StoredPicture.deferred(OVER_7),
            mask,
            null);
    assertThat(unavailability.apply(state, read, OVER_7, NOW)).isInstanceOf(Outcome.Taken.class);

    assertThat(state.entry("a").orElseThrow().picture()).isEqualTo(aPicture("old"));
    assertThat(state.entry("a").orElseThrow().mask()).isEqualTo(mask);
    assertThat(state.left).isEmpty();
  }

  @Test
  void aLabelForAnImageThatTheProjectDoesNotHaveIsRefused() {
    ImageChange label = waits(place(7), "a", aDefect("dent"), true);

    Outcome outcome =
        unavailability.apply(state, label, Objects.requireNonNull(label.deferral()), NOW);

    assertThat(((Outcome.Refused) outcome).reason().code())
        .isEqualTo(RejectionCode.UNKNOWN_SOURCE_REF);
    assertThat(state.unavailable).isEmpty();
  }

  @Test
  void itCanBeWithdrawn() {
    arrive("a", labelled(Label.NORMAL), 7);

    assertThat(dataset.apply(state, withdrawn(place(8), "a"))).isEmpty();
    assertThat(state.unavailable).isEmpty();
    assertThat(counts().images().total()).isZero();
  }

  @Test
  void aDeletedDataSetForgetsIt() {
    arrive("a", labelled(Label.NORMAL), 7);
    arrive("b", labelled(Label.NORMAL, DatasetType.TEST), 8);

    unavailability.delete(state, ACCOUNT, PROJECT, DatasetType.TRAIN, NOW);

    assertThat(state.unavailable).containsOnlyKeys("b");
  }

  @Test
  void anImportCountsItAsTaken() {
    Annotation imported =
        new Annotation(
            Label.NORMAL,
            null,
            DatasetType.TRAIN,
            "anomaly-label",
            true,
            null,
            null,
            new ImportedLine("import", null));
    arrive("a", imported, 7);

    assertThat(state.tally("import").orElseThrow().taken()).isEqualTo(1);
  }

  @Test
  void isLookedAtAgainWithGrowingPauses() {
    arrive("a", labelled(Label.NORMAL), 7);
    List<Long> asked = new ArrayList<>();
    Set<Long> timers = new TreeSet<>();
    timers.add(((Outcome.Waits) arrive("a", labelled(Label.NORMAL), 7)).nextAt());
    for (int i = 0; i < 8; i++) {
      long at = timers.iterator().next();
      timers.remove(at);
      List<DatasetEffect> due = unavailability.due(state, at, ACCOUNT, PROJECT, timers);
      assertThat(due).hasSize(1);
      RetryRequest request = ((DatasetEffect.Retries) due.get(0)).request();
      assertThat(request.since()).isEqualTo(NOW);
      assertThat(request.message().place()).isEqualTo("relook.images-2-7");
      asked.add((at - NOW) / 1_000);
    }
    assertThat(asked).containsExactly(5L, 15L, 35L, 75L, 135L, 195L, 255L, 315L);
  }

  @Test
  void manyShareOneTimerAndComeInTurns() {
    Set<Long> timers = new TreeSet<>();
    for (int i = 0; i <= Unavailability.MOST_AT_ONCE; i++) {
      KafkaRecord place = place(i);
      ImageChange change = waits(place, "a" + i, labelled(Label.NORMAL), false);
      Outcome outcome = unavailability.apply(state, change, deferral(place), NOW + i % 1_000);
      timers.add(((Outcome.Waits) outcome).nextAt());
    }
    assertThat(timers).hasSizeLessThanOrEqualTo(2);
    long last = timers.stream().max(Long::compare).orElseThrow();

    assertThat(unavailability.due(state, last + 1, ACCOUNT, PROJECT, timers))
        .as("a timer of something else")
        .isEmpty();
    assertThat(unavailability.due(state, last, ACCOUNT, PROJECT, timers))
        .hasSize(Unavailability.MOST_AT_ONCE);
    assertThat(timers).contains(last + UnavailableImage.GRID_MILLIS);
    assertThat(
            unavailability.due(
                state, last + UnavailableImage.GRID_MILLIS, ACCOUNT, PROJECT, timers))
        .hasSize(1);
  }

  @Test
  void namesOnlyLabelledImagesAndOnlyAFew() {
    for (int i = 1; i <= 5; i++) {
      arrive("n" + i, labelled(Label.NORMAL), i);
    }
    arrive("unlabelled", labelled(Label.NONE), 6);

    assertThat(Unavailability.leftOut(state))
        .contains("5 labelled images could not be read and are left out: n1, n2, n3, ….");
  }

  private Outcome arrive(String sourceRef, Annotation annotation, long offset) {
    KafkaRecord place = place(offset);
    return unavailability.apply(
        state, waits(place, sourceRef, annotation, false), deferral(place), NOW);
  }

  private Outcome retry(String sourceRef, Annotation annotation, StoredPicture picture) {
    ImageChange change = sent(standing(2, 100, NOON), sourceRef, annotation, picture);
    return unavailability.apply(state, change, Objects.requireNonNull(change.deferral()), NOW);
  }

  private Outcome givenUp(String sourceRef, long offset) {
    Deferral deferral = Deferral.givenUp(2, offset, RejectionCode.PICTURE_NOT_FOUND, "Too late.");
    ImageChange change =
        new ImageChange(
            ACCOUNT,
            PROJECT,
            standing(2, 100, NOON),
            sourceRef,
            null,
            StoredPicture.deferred(deferral),
            null,
            null);
    return unavailability.apply(state, change, deferral, NOW);
  }

  private static ImageChange waits(
      KafkaRecord place, String sourceRef, @Nullable Annotation annotation, boolean label) {
    return new ImageChange(
        ACCOUNT,
        PROJECT,
        place,
        sourceRef,
        annotation,
        StoredPicture.deferred(
            Deferral.waits(place.partition(), place.offset(), label, "It is not served.")),
        null,
        null);
  }

  private static Deferral deferral(KafkaRecord place) {
    return Deferral.waits(place.partition(), place.offset(), false, "It is not served.");
  }

  private static KafkaRecord place(long offset) {
    return new KafkaRecord(
        "relook.images", 2, offset, NOON.toEpochMilli(), null, new byte[] {(byte) offset});
  }

  private DatasetCounts counts() {
    return Optional.ofNullable(state.counts.get(DatasetType.TRAIN)).orElseThrow();
  }
}

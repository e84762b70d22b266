package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.ACCOUNT;
import static io.relook.job.dataset.DatasetFixtures.ALL_IMAGES;
import static io.relook.job.dataset.DatasetFixtures.KEY;
import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.PROJECT;
import static io.relook.job.dataset.DatasetFixtures.aDefect;
import static io.relook.job.dataset.DatasetFixtures.aPicture;
import static io.relook.job.dataset.DatasetFixtures.labelled;
import static io.relook.job.dataset.DatasetFixtures.relabelled;
import static io.relook.job.dataset.DatasetFixtures.sent;
import static io.relook.job.dataset.DatasetFixtures.settings;
import static io.relook.job.dataset.DatasetFixtures.standing;
import static io.relook.job.dataset.DatasetFixtures.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.contract.Contract;
import io.relook.job.dataset.TrainingPlanner.Plan;
import io.relook.job.domain.Annotation;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.Mask;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.domain.Split;
import io.relook.job.domain.TrainingImage;
import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTest {
  private final InMemoryDatasetState state = new InMemoryDatasetState();
  private final Dataset dataset = new Dataset(settings(ALL_IMAGES, true));
  private TrainingPlanner planner = new TrainingPlanner(settings(ALL_IMAGES, true));
  private Instant now = NOON;

  @Test
  @Contract("DATASET-REPLACE")
  void aSecondMessageReplacesTheFirst() {
    send("a", labelled(Label.NORMAL), "old");
    now = NOON.plusSeconds(5);
    send("a", aDefect("scratch"), "new");

    assertThat(state.entries.values())
        .containsExactly(
            new DatasetEntry(
                "a",
                aDefect("scratch"),
                aPicture("new"),
                NOON.toEpochMilli(),
                now.toEpochMilli(),
                null,
                null));
  }

  @Test
  void aLabelAloneKeepsThePicture() {
    send("a", labelled(Label.NONE), "bytes");

    assertThat(dataset.apply(state, relabelled(place(), "a", aDefect("dent")))).isEmpty();
    assertThat(state.entry("a").orElseThrow().picture()).isEqualTo(aPicture("bytes"));
    assertThat(state.entry("a").orElseThrow().annotation()).isEqualTo(aDefect("dent"));
  }

  @Test
  void aWithdrawnImageIsGone() {
    send("a", labelled(Label.NORMAL), "bytes");

    assertThat(dataset.apply(state, withdrawn(place(), "a"))).isEmpty();
    assertThat(state.entries).isEmpty();
    assertThat(counts(DatasetType.TRAIN).images().total()).isZero();
  }

  @Test
  void aLabelForAnUnknownImageIsRejected() {
    assertThat(dataset.apply(state, relabelled(place(), "a", labelled(Label.NORMAL))))
        .contains(
            new RejectionReason(
                "dataset",
                RejectionCode.UNKNOWN_SOURCE_REF,
                "sourceRef is 'a', and the project bolts has no such image to label: check the"
                    + " reference, or send the picture with the label.",
                ACCOUNT,
                PROJECT,
                "a"));
  }

  @Test
  void aWithdrawalOfAnUnknownImageIsRejected() {
    assertThat(dataset.apply(state, withdrawn(place(), "a")).map(RejectionReason::message))
        .contains(
            "sourceRef is 'a', and the project bolts has no such image to withdraw: check the"
                + " reference.");
    assertThat(state.counts).isEmpty();
  }

  @Test
  @Contract("DATASET-STATS")
  void countsFollowEveryChange() {
    send("a", labelled(Label.NORMAL), "1");
    send("b", aDefect("scratch"), "2");
    send("c", aDefect("dent"), "3");
    send("d", labelled(Label.NONE), "4");
    send("e", labelled(Label.ANOMALY, DatasetType.TEST), "5");
    dataset.apply(state, relabelled(place(), "c", aDefect("scratch")));
    dataset.apply(state, withdrawn(place(), "a"));
    long at = NOON.toEpochMilli();

    assertThat(counts(DatasetType.TRAIN))
        .isEqualTo(
            new DatasetCounts(
                new DatasetCounts.Images(3, 0, 2, Map.of("scratch", 2)), updated(at), false, 0));
    assertThat(counts(DatasetType.TEST))
        .isEqualTo(
            new DatasetCounts(new DatasetCounts.Images(1, 0, 1, Map.of()), updated(at), false, 0));
  }

  private static DatasetCounts.Life updated(long at) {
    return new DatasetCounts.Life(at, at, DatasetStatus.UPDATE_COMPLETE, DatasetCounts.UPDATED);
  }

  @Test
  void anImageThatMovesToTheOtherDataSetIsCountedThere() {
    send("a", labelled(Label.NORMAL), "1");
    send("a", labelled(Label.NORMAL, DatasetType.TEST), "1");

    assertThat(counts(DatasetType.TRAIN).images().total()).isZero();
    assertThat(counts(DatasetType.TEST).images().total()).isEqualTo(1);
  }

  @Test
  @Contract("MINIMUM-CLASS")
  void eachClassOfTheMasksNeedsTwentyImagesWhenAskedFor() {
    for (int i = 0; i < 20; i++) {
      send("good-" + i, labelled(Label.NORMAL), "g" + i);
      send("bad-" + i, labelled(Label.ANOMALY), "b" + i, List.of("crack"));
    }
    for (int i = 0; i < 19; i++) {
      send("dent-" + i, labelled(Label.ANOMALY), "d" + i, List.of("dent"));
    }
    // Two classes in one mask count for neither.
    send("both", labelled(Label.ANOMALY), "both", List.of("crack", "dent"));

    assertThat(impossible())
        .isEqualTo(
            new Plan.Impossible(
                "TOO_FEW_IMAGES",
                "The train data set has 19 images whose mask shows the defect class 'dent' alone:"
                    + " a training with masks needs at least 20 for each class. Add images with"
                    + " masks, then create the model again."));
    send("dent-19", labelled(Label.ANOMALY), "d19", List.of("dent"));
    assertThat(lines()).hasSize(61);
  }

  @Test
  @Contract("MASK-CHECKED")
  void aMaskThatDoesNotFitItsKnownPictureIsRejected() {
    send("a", labelled(Label.ANOMALY), "a");
    Mask mask = new Mask("m", "relook", "masks/m", 10, 10, List.of("crack"));
    ImageChange again = relabelled(place(), "a", labelled(Label.ANOMALY));

    assertThat(
            dataset
                .apply(
                    state,
                    new ImageChange(
                        ACCOUNT,
                        PROJECT,
                        again.origin(),
                        "a",
                        again.annotation(),
                        null,
                        mask,
                        null))
                .map(RejectionReason::code))
        .contains(RejectionCode.INVALID_MASK);
  }

  private void send(
      String sourceRef, Annotation annotation, String digest, List<String> maskClasses) {
    Mask mask = new Mask("m" + digest, "relook", "masks/m" + digest, 64, 64, maskClasses);
    assertThat(
            dataset.apply(
                state,
                new ImageChange(
                    ACCOUNT,
                    PROJECT,
                    place(),
                    sourceRef,
                    annotation,
                    aPicture(digest),
                    mask,
                    null)))
        .isEmpty();
  }

  @Test
  @Contract("DATASET-UNLABELLED")
  void unlabelledImagesAreNotTrainedWith() {
    sendMany("good", Label.NORMAL, 20);
    sendMany("bad", Label.ANOMALY, 10);
    sendMany("unknown", Label.NONE, 7);

    assertThat(lines()).hasSize(30).noneMatch(line -> line.sourceRef().startsWith("unknown"));
  }

  @Test
  void linesAreSortedBySourceReference() {
    sendMany("good", Label.NORMAL, 20);
    sendMany("bad", Label.ANOMALY, 10);

    assertThat(lines()).extracting(TrainingImage::sourceRef).isSorted();
  }

  @Test
  @Contract("QUOTA-IMAGES")
  void theWindowKeepsTheNewest() {
    planner =
        new TrainingPlanner(settings(new DatasetSettings.Window(30, 30, Long.MAX_VALUE), true));
    sendMany("old", Label.NORMAL, 20);
    now = NOON.plusSeconds(1);
    sendMany("young", Label.NORMAL, 20);
    sendMany("bad", Label.ANOMALY, 10);

    assertThat(lines()).hasSize(30).noneMatch(line -> line.sourceRef().startsWith("old"));
  }

  @Test
  @Contract("QUOTA-MASKED-IMAGES")
  void theWindowOfImagesWithMasksIsSmaller() {
    planner =
        new TrainingPlanner(settings(ALL_IMAGES, false, new DatasetSettings.Quotas(100, 12, 7)));
    sendMany("old", Label.NORMAL, 20);
    sendMany("old-test", Label.NORMAL, DatasetType.TEST, 20);
    assertThat(lines()).as("without masks all are seen").hasSize(40);
    now = NOON.plusSeconds(1);
    sendMany("young", Label.NORMAL, 11);
    sendMany("young-test", Label.NORMAL, DatasetType.TEST, 7);
    send("cracked", aDefect("crack"), "c", List.of("crack"));

    assertThat(lines()).hasSize(12 + 7).noneMatch(line -> line.sourceRef().startsWith("old"));
  }

  @Test
  void theWindowKeepsWhatIsExactlyAsOldAsItsAge() {
    planner =
        new TrainingPlanner(
            settings(new DatasetSettings.Window(100, 100, Duration.ofHours(1).toMillis()), false));
    send("too old", labelled(Label.NORMAL), "1");
    now = NOON.plusMillis(1);
    send("old", labelled(Label.NORMAL), "2");
    now = NOON.plusMillis(1).plus(Duration.ofHours(1));

    assertThat(lines()).extracting(TrainingImage::sourceRef).containsExactly("old");
  }

  @Test
  @Contract("MINIMUM-SINGLE")
  void aSingleDataSetNeedsTwentyNormalAndTenAnomalousImages() {
    sendMany("good", Label.NORMAL, 19);
    sendMany("bad", Label.ANOMALY, 10);

    assertThat(impossible())
        .isEqualTo(
            new Plan.Impossible(
                "TOO_FEW_IMAGES",
                "The data set has 19 normal and 10 anomalous labelled images: a training needs at"
                    + " least 20 normal and 10 anomalous ones. Add or label images, then create"
                    + " the model again."));
    send("one more", labelled(Label.NORMAL), "1");
    assertThat(lines()).hasSize(30);
  }

  @Test
  @Contract("MINIMUM-SINGLE")
  void nineAnomalousImagesAreTooFew() {
    sendMany("good", Label.NORMAL, 20);
    sendMany("bad", Label.ANOMALY, 9);

    assertThat(impossible().message())
        .startsWith("The data set has 20 normal and 9 anomalous labelled images:");
  }

  @Test
  @Contract("MINIMUM-TWO")
  void withATestDataSetTenNormalImagesAreEnoughToTrain() {
    sendMany("good", Label.NORMAL, 9);
    sendMany("test-good", Label.NORMAL, DatasetType.TEST, 10);
    sendMany("test-bad", Label.ANOMALY, DatasetType.TEST, 10);

    assertThat(impossible().message())
        .isEqualTo(
            "The train data set has 9 normal labelled images: a training with a test data set needs"
                + " at least 10. Add or label images, then create the model again.");
    send("one more", labelled(Label.NORMAL), "1");
    assertThat(lines()).hasSize(30);
  }

  @Test
  @Contract("MINIMUM-TWO")
  void aTestDataSetNeedsTenOfEach() {
    sendMany("good", Label.NORMAL, 10);
    sendMany("test-good", Label.NORMAL, DatasetType.TEST, 10);
    sendMany("test-bad", Label.ANOMALY, DatasetType.TEST, 9);

    assertThat(impossible().message())
        .isEqualTo(
            "The test data set has 10 normal and 9 anomalous labelled images: it needs at least 10"
                + " normal and 10 anomalous ones. Add or label images, then create the model"
                + " again.");
  }

  @Test
  @Contract("DATASET-TWO")
  void aTestDataSetCountsAsSoonAsItExists() {
    for (int i = 0; i < 20; i++) {
      send("good-" + i, labelled(Label.NORMAL), "g" + i);
      send("bad-" + i, labelled(Label.ANOMALY), "b" + i);
    }
    state.put(DatasetType.TEST, DatasetCounts.empty(0));

    assertThat(impossible().message())
        .startsWith("The test data set has 0 normal and 0 anomalous labelled images");
    state.removeCounts(DatasetType.TEST);
    assertThat(lines()).hasSize(40);
  }

  @Test
  @Contract("DATASET-TWO")
  void twoDataSetsAreUsedAsTheyAre() {
    sendMany("good", Label.NORMAL, 40);
    sendMany("test-good", Label.NORMAL, DatasetType.TEST, 10);
    sendMany("test-bad", Label.ANOMALY, DatasetType.TEST, 10);

    assertThat(lines())
        .allMatch(line -> (line.split() == Split.TEST) == line.sourceRef().startsWith("test-"));
  }

  @Test
  @Contract("FAIL-DIMENSIONS")
  void picturesOfDifferentSizesFailTheTraining() {
    sendMany("good", Label.NORMAL, 20);
    sendMany("bad", Label.ANOMALY, 10);
    dataset.apply(state, sent(place(), "other", labelled(Label.NORMAL), aPicture("other", 64, 65)));

    assertThat(impossible())
        .isEqualTo(
            new Plan.Impossible(
                "DIFFERENT_DIMENSIONS",
                "Images in the dataset must have the same dimensions. 30 have 64 x 64 pixels, 1 has"
                    + " 64 x 65: other. Withdraw the images of other sizes, or send them in one"
                    + " size, then create the model again."));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "97x96 | 30 have 64 x 64 pixels, 1 has 97 x 96: odd-0.",
        "97x96 97x96 | 30 have 64 x 64 pixels, 2 have 97 x 96: odd-0, odd-1.",
        "97x96 96x97 | 30 have 64 x 64 pixels, 1 has 96 x 97: odd-1, 1 has 97 x 96: odd-0.",
        "97x96 97x96 97x96 97x96 | 30 have 64 x 64 pixels, 4 have 97 x 96: odd-0, odd-1, odd-2, ….",
        "65x64 66x64 67x64 68x64 69x64 | : odd-2, and 2 more sizes.",
      })
  void theOddSizesAndSomeOfTheirPicturesAreNamed(String sizes, String sentence) {
    sendMany("good", Label.NORMAL, 20);
    sendMany("bad", Label.ANOMALY, 10);
    String[] odd = sizes.split(" ");
    for (int i = 0; i < odd.length; i++) {
      int width = Integer.parseInt(odd[i].split("x")[0]);
      int height = Integer.parseInt(odd[i].split("x")[1]);
      dataset.apply(
          state,
          sent(place(), "odd-" + i, labelled(Label.NORMAL), aPicture("odd " + i, width, height)));
    }

    assertThat(impossible().message()).contains(sentence);
  }

  /** One file under many names: it tests, and nothing is left to learn from. */
  @ParameterizedTest
  @ValueSource(ints = {20, 21, 30, 50, 200})
  void copiesOfOnePictureAreNoReasonToBlameAnEarlierTraining(int copies) {
    for (int i = 0; i < copies; i++) {
      send("good-" + i, labelled(Label.NORMAL), "one picture");
    }
    sendMany("bad", Label.ANOMALY, 12);

    assertThat(impossible().message())
        .isEqualTo(
            "The "
                + copies
                + " normal images are only 1 picture, because files have the same bytes. What tests"
                + " is not learned from, so none is left to learn from: add normal images of other"
                + " pictures, then create the model again.");
  }

  @Test
  void withoutMinimumsOneNormalImageIsEnough() {
    planner = new TrainingPlanner(settings(ALL_IMAGES, false));
    assertThat(impossible().message())
        .isEqualTo("The train data set has no normal image: add at least one.");
    send("a", labelled(Label.NORMAL), "1");

    assertThat(lines()).extracting(TrainingImage::split).containsExactly(Split.TRAIN);
  }

  @Test
  void testImagesStayTestImagesWhenTooFewAreLeftToSplit() {
    planner = new TrainingPlanner(settings(ALL_IMAGES, false));
    sendMany("good", Label.NORMAL, 25);
    Map<String, Split> before = splits();
    for (int i = 0; i < 8; i++) {
      dataset.apply(state, withdrawn(place(), "good-" + i));
    }

    splits().forEach((ref, split) -> assertThat(split).as(ref).isEqualTo(before.get(ref)));
  }

  @Test
  void aTrainingWithNothingButTestImagesIsImpossible() {
    sendMany("good", Label.NORMAL, 200);
    sendMany("bad", Label.ANOMALY, 10);
    splits()
        .forEach(
            (ref, split) -> {
              if (split == Split.TRAIN) {
                dataset.apply(state, withdrawn(place(), ref));
              }
            });

    assertThat(impossible())
        .isEqualTo(
            new Plan.Impossible(
                "TOO_FEW_IMAGES",
                "An earlier training made all normal images of the data set test images: add"
                    + " normal images to learn from, then create the model again."));
  }

  @RepeatedTest(10)
  void aSideNeverMoves(RepetitionInfo repetition) {
    System.out.println("Seed of these changes: " + repetition.getCurrentRepetition());
    Random random = new Random(repetition.getCurrentRepetition());
    sendMany("good", Label.NORMAL, 30);
    sendMany("bad", Label.ANOMALY, 20);
    Map<String, Split> splitOfBytes = new HashMap<>();
    for (int training = 0; training < 10; training++) {
      for (TrainingImage line : lines()) {
        assertThat(splitOfBytes.merge(line.picture().digest(), line.split(), (old, now) -> old))
            .as("training %d, %s", training, line.sourceRef())
            .isEqualTo(line.split());
      }
      for (int i = 0; i < 20; i++) {
        changeAnything(random);
      }
      sendMany("spare-good", Label.NORMAL, 20);
      sendMany("spare-bad", Label.ANOMALY, 10);
    }
  }

  private void changeAnything(Random random) {
    String sourceRef = (random.nextBoolean() ? "good-" : "bad-") + random.nextInt(40);
    Label label = random.nextBoolean() ? Label.NORMAL : Label.ANOMALY;
    switch (random.nextInt(4)) {
      case 0 -> dataset.apply(state, withdrawn(place(), sourceRef));
      case 1 -> dataset.apply(state, relabelled(place(), sourceRef, labelled(label)));
      case 2 -> send(sourceRef, labelled(label), "digest of " + sourceRef);
      default ->
          send("another name " + random.nextInt(9), labelled(label), "digest of " + sourceRef);
    }
  }

  private KafkaRecord place() {
    return standing(0, 0, now);
  }

  private void send(String sourceRef, Annotation annotation, String digest) {
    assertThat(dataset.apply(state, sent(place(), sourceRef, annotation, aPicture(digest))))
        .isEmpty();
  }

  private void sendMany(String name, Label label, int count) {
    sendMany(name, label, DatasetType.TRAIN, count);
  }

  private void sendMany(String name, Label label, DatasetType type, int count) {
    for (int i = 0; i < count; i++) {
      send(name + "-" + i, labelled(label, type), "digest of " + name + "-" + i);
    }
  }

  private List<TrainingImage> lines() {
    return ((Plan.Train) planner.plan(KEY, state, now.toEpochMilli())).lines();
  }

  private DatasetCounts counts(DatasetType type) {
    return state.counts.getOrDefault(type, DatasetCounts.empty(0));
  }

  private Map<String, Split> splits() {
    Map<String, Split> splits = new HashMap<>();
    lines().forEach(line -> splits.put(line.sourceRef(), line.split()));
    return splits;
  }

  private Plan.Impossible impossible() {
    return (Plan.Impossible) planner.plan(KEY, state, now.toEpochMilli());
  }
}

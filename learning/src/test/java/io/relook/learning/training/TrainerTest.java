package io.relook.learning.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relook.learning.Pictures;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.data.TrainingImpossibleException;
import io.relook.learning.data.TrainingImpossibleException.Reason;
import io.relook.learning.data.TrainingMode;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.features.Features;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.model.Detection;
import io.relook.learning.model.DetectionModel;
import io.relook.learning.picture.Picture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TrainerTest {

  private static final int AREA = 64 * 64;
  private static final TrainingSettings SETTINGS =
      new TrainingSettings(AREA, 7, 2, Map.of("relook.project", "discs"));
  private static final Backbone BACKBONE = Backbone.bundled();
  private static final Trainer TRAINER = new Trainer(BACKBONE);

  private static OnnxFeatureExtractor extractor;

  /** Trained on the discs once, for all tests that only look at the model. */
  private static TrainedModel discsModel;

  private static final List<TrainingStage> DISCS_STAGES = new ArrayList<>();

  @BeforeAll
  static void train() throws Exception {
    extractor = new OnnxFeatureExtractor(BACKBONE, AREA, 1);
    discsModel = TRAINER.train(discs(), SETTINGS, DISCS_STAGES::add);
  }

  @AfterAll
  static void close() {
    extractor.close();
  }

  @Test
  void separatesScratchedPartsFromGoodOnes() throws Exception {
    TrainedModel model = discsModel;

    assertThat(DISCS_STAGES).containsExactly(TrainingStage.values());
    assertThat(model.decision().mode()).isEqualTo(TrainingMode.STACKED);
    assertThat(model.decision().detectors())
        .contains("whitened-bank", "fine-bank", "two-bank-ratio");
    assertThat(model.evaluation().orElseThrow().rocAuc()).isEqualTo(1.0);
    assertThat(model.evaluation().orElseThrow().f1()).isEqualTo(1.0);
    assertThat(model.evaluation())
        .contains(Evaluator.evaluate(model.testScores(), model.decision().threshold()));
    assertThat(model.testScores()).allMatch(s -> s.score() > 0 && s.score() < 1);
    assertThat(model.onnx().length).isLessThan(25_000_000);
  }

  @Test
  void theFileScoresPicturesAsTheTrainerScoresStoredFeatures() throws Exception {
    List<Picture> pictures = new ArrayList<>();
    List<LabelledFeatures> test = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Picture picture =
          i % 2 == 0 ? Pictures.part(96, 96, 50 + i) : Pictures.scratched(96, 96, 50 + i);
      pictures.add(picture);
      test.add(labelled("test-" + i, i % 2 == 1, stored(picture)));
    }

    TrainedModel trained =
        TRAINER.train(new TrainingData(discs().train(), test), SETTINGS, s -> {});

    try (DetectionModel model = DetectionModel.open(trained.onnx(), 1)) {
      for (int i = 0; i < pictures.size(); i++) {
        Detection detection = model.detect(pictures.get(i));
        ImageScore reported = trained.testScores().get(i);
        assertThat(detection.score()).isCloseTo(reported.score(), within(1e-4 * reported.score()));
        assertThat(detection.threshold()).isEqualTo(trained.decision().threshold());
        assertThat(detection.anomalous()).isEqualTo(detection.score() >= detection.threshold());
        assertThat(detection.confidence())
            .isCloseTo(
                detection.anomalous() ? detection.score() : 1 - detection.score(), within(1e-6));
      }
    }
  }

  @Test
  void theMapShowsWhereTheDefectIs() throws Exception {
    try (DetectionModel model = DetectionModel.open(discsModel.onnx(), 1)) {
      // Another size than the training's is resized like any; the map has the picture's size.
      Detection detection = model.detect(Pictures.scratched(120, 90, 1));
      assertThat(detection.width()).isEqualTo(120);
      assertThat(detection.map()).hasSize(120 * 90);
      for (float value : detection.map()) {
        assertThat(value).isStrictlyBetween(0f, 1f);
      }

      Detection scratched = model.detect(Pictures.scratched(96, 96, 70));
      int hottest = 0;
      for (int i = 0; i < scratched.map().length; i++) {
        hottest = scratched.map()[i] > scratched.map()[hottest] ? i : hottest;
      }
      // The scratch runs from (24, 32) to (56, 50).
      assertThat(hottest % 96).isBetween(16, 64);
      assertThat(hottest / 96).isBetween(24, 58);
    }
  }

  @Test
  void equalInputGivesEqualBytesWhateverTheNumberOfThreads() throws Exception {
    byte[] first = discsModel.onnx();
    byte[] again =
        new Trainer(Backbone.bundled())
            .train(discs(), new TrainingSettings(AREA, 7, 1, SETTINGS.modelCard()), s -> {})
            .onnx();
    byte[] otherSeed =
        TRAINER
            .train(discs(), new TrainingSettings(AREA, 8, 2, SETTINGS.modelCard()), s -> {})
            .onnx();

    assertThat(again).isEqualTo(first);
    assertThat(otherSeed).isNotEqualTo(first);
  }

  @Test
  void testPicturesChooseNothing() throws Exception {
    TrainingData discs = discs();
    List<LabelledFeatures> swapped =
        discs.test().stream()
            .map(
                p ->
                    new LabelledFeatures(
                        p.id(), !p.anomalous(), p.defectClass(), p.contentDigest(), p.features()))
            .toList();

    byte[] with = discsModel.onnx();

    assertThat(TRAINER.train(new TrainingData(discs.train(), swapped), SETTINGS, s -> {}).onnx())
        .isEqualTo(with);
    TrainedModel without =
        TRAINER.train(new TrainingData(discs.train(), List.of()), SETTINGS, s -> {});
    assertThat(without.onnx()).isEqualTo(with);
    assertThat(without.evaluation()).isEmpty();
  }

  @Test
  void theFileCarriesItsModelCard() throws Exception {
    TrainedModel trained = discsModel;

    try (DetectionModel model = DetectionModel.open(trained.onnx(), 1)) {
      assertThat(model.metadata())
          .containsEntry("relook.project", "discs")
          .containsEntry("relook.backbone.name", "efficientnet-lite0")
          .containsEntry("relook.backbone.digest", BACKBONE.digest())
          .containsEntry("relook.backbone.licence", "Apache-2.0")
          .containsEntry("relook.heads", String.join(",", trained.decision().detectors()))
          .containsEntry("relook.threshold", "0.5")
          .containsEntry("relook.regime", "STACKED")
          .containsEntry("relook.onnx.opset", "18")
          .containsEntry("relook.onnx.ir", "8");
    }
  }

  @Test
  void rejectsPicturesOfDifferentSizesInTheContractsWords() throws Exception {
    List<LabelledFeatures> train = new ArrayList<>(discs().train());
    train.add(labelled("wide", true, stored(Pictures.part(128, 96, 1))));

    assertImpossible(
        train, Reason.DIFFERENT_DIMENSIONS, "Images in the dataset must have the same dimensions.");
  }

  @Test
  void rejectsTrainingWithoutGoodPictures() {
    List<LabelledFeatures> bad =
        discs().train().stream().filter(LabelledFeatures::anomalous).toList();

    assertImpossible(
        bad,
        Reason.NO_GOOD_IMAGES,
        "The training images hold no normal image; label normal images and train again.");
  }

  @Test
  void rejectsFeaturesOfAnotherArea() {
    try (var other = new OnnxFeatureExtractor(BACKBONE, 128 * 128, 1)) {
      Features large = other.extract(Pictures.part(96, 96, 1));

      assertImpossible(
          List.of(labelled("a", false, large)),
          Reason.FOREIGN_FEATURES,
          "The stored features of a were not made by backbone efficientnet-lite0 at an area of 4096 pixels; extract them again.");
    }
  }

  @Test
  void reportsAFailureToLoadFeatures() {
    LabelledFeatures gone =
        new LabelledFeatures(
            "gone",
            false,
            Optional.empty(),
            "gone",
            () -> {
              throw new IOException("bucket gone");
            });

    assertThatThrownBy(
            () -> TRAINER.train(new TrainingData(List.of(gone), List.of()), SETTINGS, s -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage("bucket gone");
  }

  @Test
  void fewAnomaliesDoNotMoveTheThreshold() throws Exception {
    TrainingData discs = discs();
    List<LabelledFeatures> good = discs.train().stream().filter(p -> !p.anomalous()).toList();
    List<LabelledFeatures> few = new ArrayList<>(good);
    few.addAll(discs.train().stream().filter(LabelledFeatures::anomalous).limit(9).toList());

    TrainedModel goodOnly = TRAINER.train(new TrainingData(good, discs.test()), SETTINGS, s -> {});

    assertThat(goodOnly.decision().mode()).isEqualTo(TrainingMode.NORMALS_ONLY);
    assertThat(goodOnly.evaluation().orElseThrow().f1()).isGreaterThan(0.8);
    TrainedModel withFew = TRAINER.train(new TrainingData(few, discs.test()), SETTINGS, s -> {});
    assertThat(withFew.decision().mode()).isEqualTo(TrainingMode.FEW_ANOMALIES);
    assertThat(withFew.testScores()).isEqualTo(goodOnly.testScores());
  }

  @Test
  void aMislabelledPictureIsListed() throws Exception {
    List<LabelledFeatures> good = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      good.add(labelled("good-" + i, false, stored(Pictures.part(96, 96, i))));
    }
    List<LabelledFeatures> noisy = new ArrayList<>(good);
    noisy.add(19, labelled("black", false, stored(Pictures.uniform(96, 96, 0))));

    TrainedModel clean = TRAINER.train(new TrainingData(good, discs().test()), SETTINGS, s -> {});
    List<TrainingStage> stages = new ArrayList<>();
    TrainedModel model =
        TRAINER.train(new TrainingData(noisy, discs().test()), SETTINGS, stages::add);

    assertThat(clean.decision().suspects()).as("an odd good one").hasSizeLessThanOrEqualTo(1);
    assertThat(model.decision().suspects()).startsWith("black").hasSizeLessThanOrEqualTo(2);
    assertThat(stages).containsExactly(TrainingStage.values());
    assertThat(model.evaluation().orElseThrow().rocAuc()).isEqualTo(1.0);
  }

  @Test
  void oneBadAmongManyGoodAndOnePixelDifferencesGiveNumbers() throws Exception {
    List<LabelledFeatures> train = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      Picture picture = Pictures.part(96, 96, 1);
      picture.rgb()[3 * (50 * 96 + i)] ^= 64;
      train.add(labelled("good-" + i, false, stored(picture)));
    }
    train.add(labelled("bad", true, stored(Pictures.scratched(96, 96, 3))));

    TrainedModel model = TRAINER.train(new TrainingData(train, discs().test()), SETTINGS, s -> {});

    assertThat(model.decision().mode()).isEqualTo(TrainingMode.FEW_ANOMALIES);
    assertThat(model.testScores()).allMatch(s -> s.score() > 0 && s.score() < 1);
    assertThat(model.evaluation().orElseThrow().recall()).isEqualTo(1.0);
  }

  @Test
  void degenerateDataGivesFiniteScores() throws Exception {
    Features black = stored(Pictures.uniform(96, 96, 0));
    Features part = stored(Pictures.part(96, 96, 1));
    Features scratched = stored(Pictures.scratched(96, 96, 2));
    List<LabelledFeatures> test =
        List.of(
            labelled("good", false, part),
            labelled("bad", true, scratched),
            labelled("black", false, black));

    for (List<Features> goods :
        List.of(List.of(part), List.of(part, part, part), List.of(black), List.of(black, black))) {
      for (boolean copies : new boolean[] {true, false}) {
        List<LabelledFeatures> train = new ArrayList<>();
        for (int i = 0; i < goods.size(); i++) {
          String digest = copies ? "same" : "digest-" + i;
          Features features = goods.get(i);
          train.add(new LabelledFeatures("g" + i, false, Optional.empty(), digest, () -> features));
        }
        TrainedModel model = TRAINER.train(new TrainingData(train, test), SETTINGS, s -> {});
        assertThat(model.testScores()).allMatch(s -> s.score() > 0 && s.score() < 1);
        ImageScore known = model.testScores().get(goods.get(0) == black ? 2 : 0);
        assertThat(known.score())
            .as("what was learned is normal")
            .isLessThan(model.decision().threshold());
        assertThat(model.testScores().get(1).score())
            .as("a scratch is not")
            .isGreaterThan(known.score());
      }
    }
  }

  private static void assertImpossible(
      List<LabelledFeatures> train, Reason reason, String sentence) {
    assertThatThrownBy(() -> TRAINER.train(new TrainingData(train, List.of()), SETTINGS, s -> {}))
        .isInstanceOfSatisfying(
            TrainingImpossibleException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessage(sentence);
  }

  private static Features stored(Picture picture) {
    return Features.fromBytes(extractor.extract(picture).toBytes());
  }

  private static LabelledFeatures labelled(String id, boolean anomalous, Features features) {
    return new LabelledFeatures(
        id, anomalous, anomalous ? Optional.of("scratch") : Optional.empty(), id, () -> features);
  }

  /** Twelve good and ten scratched discs to train, ten and ten to test. */
  private static TrainingData discs() {
    return Discs.DATA;
  }

  private static final class Discs {
    static final TrainingData DATA = make();

    private static TrainingData make() {
      List<LabelledFeatures> train = new ArrayList<>();
      List<LabelledFeatures> test = new ArrayList<>();
      for (int i = 0; i < 22; i++) {
        (i < 12 ? train : test).add(labelled("good-" + i, false, stored(Pictures.part(96, 96, i))));
      }
      for (int i = 0; i < 20; i++) {
        (i < 10 ? train : test)
            .add(labelled("bad-" + i, true, stored(Pictures.scratched(96, 96, 100 + i))));
      }
      return new TrainingData(train, test);
    }
  }
}

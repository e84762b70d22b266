package io.relook.learning.training;

import io.relook.learning.backbone.Backbone;
import io.relook.learning.backbone.InputSize;
import io.relook.learning.backbone.Tap;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.features.FeatureGrid;
import io.relook.learning.features.Features;
import io.relook.learning.heads.FittedHead;
import io.relook.learning.heads.HeadScorer;
import io.relook.learning.heads.MemoryBank;
import io.relook.learning.training.TrainingImpossibleException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Trains models for one backbone. Safe for use by several threads.
 *
 * <ol>
 *   <li>Every good training picture contributes its candidates; the bank is fitted from all of
 *       them, and one more per fold from all but that fold's.
 *   <li>Every training picture is scored by the bank of its fold, which has not seen it. Those
 *       scores choose the threshold. Anomalous pictures are scored but enter no bank.
 *   <li>The file is written; test pictures are scored by its nodes.
 * </ol>
 */
public final class Trainer {

  private static final int FOLDS = 5;

  /** With fewer, their best F1 says more about the few than about the threshold. */
  private static final int ANOMALIES_FOR_F1 = 10;

  private final Backbone backbone;
  private final List<Tap> taps;

  public Trainer(Backbone backbone) {
    this.backbone = backbone;
    this.taps = backbone.descriptor().taps();
  }

  /**
   * Trains one model. Equal data, settings and backbone give equal bytes, whatever the number of
   * threads.
   *
   * @param progress told each stage as it begins, by the calling thread
   * @throws TrainingImpossibleException if this data can never become a model
   * @throws IOException if features cannot be loaded
   * @throws InterruptedException if the calling thread is interrupted; work on the way is abandoned
   */
  public TrainedModel train(
      TrainingData data, TrainingSettings settings, Consumer<TrainingStage> progress)
      throws TrainingImpossibleException, IOException, InterruptedException {
    long start = System.nanoTime();
    List<LabelledFeatures> good = data.train().stream().filter(p -> !p.anomalous()).toList();
    List<LabelledFeatures> anomalous =
        data.train().stream().filter(LabelledFeatures::anomalous).toList();
    if (good.isEmpty()) {
      throw new TrainingImpossibleException(
          Reason.NO_GOOD_IMAGES,
          "The training images hold no normal image; label normal images and train again.");
    }
    Dimensions dimensions = new Dimensions();
    try (Workers workers = new Workers(settings.threads());
        MemoryBank head = new MemoryBank(taps, good.size())) {

      progress.accept(TrainingStage.LOADING_FEATURES);
      List<MemoryBank.Candidates> candidates =
          workers.map(good, p -> head.contribution(load(p, settings, dimensions)));

      progress.accept(TrainingStage.FITTING_HEADS);
      int folds =
          (int)
              Math.min(
                  FOLDS, good.stream().map(LabelledFeatures::contentDigest).distinct().count());
      int[] foldOfGood = Folds.assign(good, folds, settings.seed());
      int[] foldOfAnomalous = Folds.assign(anomalous, folds, settings.seed());
      // The last one leaves nothing out: it is the one that ships.
      List<Integer> leftOut = new ArrayList<>();
      for (int fold = 0; fold < (folds > 1 ? folds : 0); fold++) {
        leftOut.add(fold);
      }
      leftOut.add(-1);
      Collections.reverse(leftOut);
      List<FittedHead> banks =
          workers.map(
              leftOut,
              fold -> head.fit(except(candidates, foldOfGood, fold), List.of(), settings.seed()));
      FittedHead shipped = banks.get(0);

      progress.accept(TrainingStage.CHOOSING_THRESHOLD);
      double[] goodScores = new double[good.size()];
      double[] anomalousScores = new double[anomalous.size()];
      for (int b = 0; b < banks.size(); b++) {
        int fold = leftOut.get(b);
        if (fold < 0 && folds > 1) {
          continue;
        }
        try (HeadScorer scorer = HeadScorer.raw(taps, banks.get(b), backbone.opset())) {
          scoreFold(
              workers,
              scorer,
              good,
              foldOfGood,
              Math.max(fold, 0),
              goodScores,
              settings,
              dimensions);
          scoreFold(
              workers,
              scorer,
              anomalous,
              foldOfAnomalous,
              Math.max(fold, 0),
              anomalousScores,
              settings,
              dimensions);
        }
      }
      ThresholdRegime regime =
          folds < 2
              ? ThresholdRegime.SINGLE_PICTURE
              : anomalous.size() >= ANOMALIES_FOR_F1
                  ? ThresholdRegime.BEST_F1
                  : ThresholdRegime.HIGHEST_GOOD;
      Calibration calibration = calibrate(regime, list(goodScores), list(anomalousScores));

      progress.accept(TrainingStage.EXPORTING);
      InputSize size = dimensions.inputSize(settings.area());
      Map<String, String> card = new TreeMap<>(settings.modelCard());
      card.put("relook.seed", Long.toString(settings.seed()));
      card.put("relook.regime", regime.name());
      byte[] onnx = ModelFile.write(backbone, size, shipped, calibration, card);

      progress.accept(TrainingStage.SCORING_TEST_IMAGES);
      List<ImageScore> testScores;
      try (HeadScorer scorer =
          new HeadScorer(taps, shipped, backbone.opset(), calibration::addTo)) {
        testScores =
            workers.map(
                data.test(),
                p ->
                    new ImageScore(
                        p.id(), p.anomalous(), scorer.score(load(p, settings, dimensions))));
      }
      Optional<Evaluation> evaluation =
          testScores.isEmpty()
              ? Optional.empty()
              : Optional.of(Evaluator.evaluate(testScores, Calibration.CALIBRATED_THRESHOLD));
      progress.accept(TrainingStage.DONE);
      return new TrainedModel(
          onnx,
          testScores,
          evaluation,
          Calibration.CALIBRATED_THRESHOLD,
          List.of(shipped.name()),
          regime.name(),
          Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static Calibration calibrate(
      ThresholdRegime regime, List<Double> good, List<Double> anomalous) {
    double median = Thresholds.median(good);
    double threshold =
        switch (regime) {
          case BEST_F1 -> Thresholds.bestF1(good, anomalous);
          case HIGHEST_GOOD -> Thresholds.highestGood(good);
          case SINGLE_PICTURE -> 2 * Thresholds.median(good);
        };
    // Identical pictures score (nearly) nothing: then anything that is visibly else is anomalous.
    double floor = 1e-3;
    threshold = Math.max(threshold, floor);
    double unit = Math.max(threshold - median, Math.max(0.05 * threshold, floor));
    return new Calibration((float) threshold, (float) unit);
  }

  private static <C> List<C> except(List<C> all, int[] folds, int fold) {
    List<C> rest = new ArrayList<>();
    for (int i = 0; i < folds.length; i++) {
      if (folds[i] != fold) {
        rest.add(all.get(i));
      }
    }
    return rest;
  }

  private void scoreFold(
      Workers workers,
      HeadScorer scorer,
      List<LabelledFeatures> pictures,
      int[] folds,
      int fold,
      double[] scores,
      TrainingSettings settings,
      Dimensions dimensions)
      throws TrainingImpossibleException, IOException, InterruptedException {
    List<Integer> mine = new ArrayList<>();
    for (int i = 0; i < folds.length; i++) {
      if (folds[i] == fold) {
        mine.add(i);
      }
    }
    List<Double> found =
        workers.map(mine, i -> scorer.score(load(pictures.get(i), settings, dimensions)));
    for (int i = 0; i < mine.size(); i++) {
      scores[mine.get(i)] = found.get(i);
    }
  }

  private Features load(LabelledFeatures picture, TrainingSettings settings, Dimensions dimensions)
      throws TrainingImpossibleException, IOException {
    Features features = picture.features().load();
    dimensions.check(features);
    InputSize size =
        InputSize.forPicture(features.pictureWidth(), features.pictureHeight(), settings.area());
    for (Tap tap : taps) {
      boolean fits = false;
      for (FeatureGrid grid : features.taps()) {
        fits |=
            grid.tap().equals(tap.name())
                && grid.channels() == tap.channels()
                && grid.width() == size.width() / tap.stride()
                && grid.height() == size.height() / tap.stride();
      }
      if (!fits) {
        throw new TrainingImpossibleException(
            Reason.FOREIGN_FEATURES,
            "The stored features of %s were not made by backbone %s at an area of %d pixels; extract them again."
                .formatted(picture.id(), backbone.descriptor().name(), settings.area()));
      }
    }
    return features;
  }

  private static List<Double> list(double[] values) {
    List<Double> list = new ArrayList<>();
    for (double value : values) {
      list.add(value);
    }
    return list;
  }
}

package io.relook.learning.training;

import io.relook.learning.backbone.Backbone;
import io.relook.learning.backbone.Tap;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.heads.FittedHead;
import io.relook.learning.heads.HeadScorer;
import io.relook.learning.heads.MemoryBank;
import io.relook.learning.training.TrainingImpossibleException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

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

  /** The fold that leaves nothing out: its head is the one that ships. */
  private static final int SHIPPED = -1;

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
    FeatureCheck check = new FeatureCheck(backbone, settings.area());
    try (Workers workers = new Workers(settings.threads());
        MemoryBank head = new MemoryBank(taps, good.size())) {

      progress.accept(TrainingStage.LOADING_FEATURES);
      List<MemoryBank.Candidates> candidates =
          workers.map(good, p -> head.contribution(check.load(p)));

      progress.accept(TrainingStage.FITTING_HEADS);
      Folds folds = Folds.of(good, settings.seed());
      List<Integer> leftOut = IntStream.range(SHIPPED, folds.count()).boxed().toList();
      List<FittedHead> heads =
          workers.map(
              leftOut,
              fold -> head.fit(folds.without(candidates, fold), List.of(), settings.seed()));
      FittedHead shipped = heads.get(0);

      progress.accept(TrainingStage.CHOOSING_THRESHOLD);
      // With a single fold there is no head that has not seen its pictures.
      List<FittedHead> judges =
          folds.count() == 1 ? List.of(shipped) : heads.subList(1, heads.size());
      List<Double> goodScores = new ArrayList<>();
      List<Double> anomalousScores = new ArrayList<>();
      List<HeadScorer> scorers = new ArrayList<>();
      try {
        judges.forEach(judge -> scorers.add(HeadScorer.raw(taps, judge, backbone.opset())));
        goodScores.addAll(
            workers.map(
                indices(good), i -> scorers.get(folds.foldOf(i)).score(check.load(good.get(i)))));
        // Heads have seen no anomalous picture; one judge each puts them on the same scale as the
        // good.
        anomalousScores.addAll(
            workers.map(
                indices(anomalous),
                i -> scorers.get(i % scorers.size()).score(check.load(anomalous.get(i)))));
      } finally {
        scorers.forEach(HeadScorer::close);
      }
      ThresholdRegime regime =
          folds.count() == 1
              ? ThresholdRegime.SINGLE_PICTURE
              : anomalous.size() >= ANOMALIES_FOR_F1
                  ? ThresholdRegime.BEST_F1
                  : ThresholdRegime.HIGHEST_GOOD;
      Calibration calibration = regime.calibrate(goodScores, anomalousScores);

      progress.accept(TrainingStage.EXPORTING);
      Map<String, String> card = new TreeMap<>(settings.modelCard());
      card.put("relook.seed", Long.toString(settings.seed()));
      card.put("relook.threshold.regime", regime.name());
      byte[] onnx = ModelFile.write(backbone, check.inputSize(), shipped, calibration, card);

      progress.accept(TrainingStage.SCORING_TEST_IMAGES);
      List<ImageScore> testScores;
      try (HeadScorer scorer =
          new HeadScorer(taps, shipped, backbone.opset(), calibration::addTo)) {
        testScores =
            workers.map(
                data.test(),
                p -> new ImageScore(p.id(), p.anomalous(), scorer.score(check.load(p))));
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

  private static List<Integer> indices(List<?> list) {
    return IntStream.range(0, list.size()).boxed().toList();
  }
}

package io.relook.bench.accuracy;

import io.relook.bench.extraction.HeapPeak;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.data.TrainingImpossibleException;
import io.relook.learning.decision.ThresholdGoal;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.model.DetectionModel;
import io.relook.learning.picture.Picture;
import io.relook.learning.training.TrainedModel;
import io.relook.learning.training.Trainer;
import io.relook.learning.training.TrainingSettings;
import io.relook.learning.training.TrainingStage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** One training of the product, measured by the file it exports. */
final class AccuracyRun {
  private static final int WARM_UP = 3;
  private static final int TIMED = 21;

  /** Good pictures for one anomalous where defects are rare. */
  private static final double RARE = 20;

  private final Trainer trainer;
  private final int area;
  private final int threads;
  private final ThresholdGoal goal;

  AccuracyRun(Trainer trainer, int area, int threads, ThresholdGoal goal) {
    this.trainer = trainer;
    this.area = area;
    this.threads = threads;
    this.goal = goal;
  }

  /**
   * Trains on all of {@code train/good} and some anomalous pictures drawn from {@code test}, and
   * tests on the rest of {@code test}.
   *
   * @param labelledAnomalies how many anomalous pictures are drawn for training; at least one is
   *     left for the test
   * @param labelNoise how many more anomalous pictures are drawn and labelled good, as a share of
   *     {@code train/good}
   */
  AccuracyResult run(
      StoredPictures stored,
      int labelledAnomalies,
      double labelNoise,
      long seed,
      Consumer<TrainingStage> progress)
      throws IOException, InterruptedException, TrainingImpossibleException {
    LabelledFolder folder = stored.folder();
    List<Path> drawn = new ArrayList<>(folder.testAnomalous());
    Collections.shuffle(drawn, new Random(seed));
    List<Path> labelled = drawn.subList(0, Math.min(labelledAnomalies, drawn.size() - 1));
    int wrong = (int) Math.round(labelNoise * folder.trainGood().size());
    List<Path> mislabelled =
        drawn.subList(labelled.size(), Math.min(labelled.size() + wrong, drawn.size() - 1));
    List<LabelledFeatures> train = new ArrayList<>(stored.good(folder.trainGood()));
    train.addAll(stored.good(mislabelled));
    train.addAll(stored.anomalous(labelled));
    // In the order of the names, independent of the draw.
    Set<Path> used = new HashSet<>(labelled);
    used.addAll(mislabelled);
    List<Path> test = folder.testAnomalous().stream().filter(p -> !used.contains(p)).toList();

    HeapPeak heap = HeapPeak.start();
    long start = System.nanoTime();
    TrainedModel trained =
        trainer.train(
            new TrainingData(train, List.of()),
            new TrainingSettings(area, seed, threads, Map.of(), goal),
            progress);
    double fitSeconds = (System.nanoTime() - start) / 1e9;
    long peak = heap.bytes();

    List<String> suspects = trained.decision().suspects();
    try (DetectionModel model = DetectionModel.open(trained.onnx(), 1)) {
      List<ImageScore> scores = new ArrayList<>();
      scores(model, folder, folder.testGood(), false, scores);
      scores(model, folder, test, true, scores);
      double testBalance = (double) folder.testGood().size() / test.size();
      double threshold = trained.decision().threshold();
      Evaluation evaluation = Evaluator.evaluate(scores, threshold);
      double trainingBalance =
          labelled.isEmpty()
              ? testBalance
              : goodPerAnomaly(folder.trainGood().size(), labelled.size());
      return new AccuracyResult(
          folder.name(),
          labelled.size(),
          seed,
          new AccuracyResult.Quality(
              evaluation.rocAuc(),
              evaluation.averagePrecision(),
              evaluation.f1(),
              evaluation.precision(),
              evaluation.recall(),
              BalancedF1.of(scores, threshold, testBalance).best(),
              AccuracyResult.Balances.of(
                  BalancedF1.of(scores, threshold, trainingBalance),
                  BalancedF1.of(scores, threshold, 1),
                  BalancedF1.of(scores, threshold, RARE))),
          new AccuracyResult.Cost(
              stored.took().toNanos() / 1e9,
              fitSeconds,
              inferenceMillis(model, StoredPictures.decode(test.get(0))),
              Long.parseLong(model.metadata().getOrDefault("relook.bank.rows", "0")),
              trained.onnx().length,
              peak),
          new AccuracyResult.Training(
              trained.decision().mode().name(),
              trained.decision().detectors(),
              labelled.stream().map(folder::nameOf).toList(),
              mislabelled.stream().map(folder::nameOf).toList()),
          new AccuracyResult.Suspects(
              mislabelled.size(),
              (int) mislabelled.stream().map(folder::nameOf).filter(suspects::contains).count(),
              suspects.size()));
    }
  }

  /** Good pictures per anomalous one in the class balance that the threshold is chosen for. */
  private double goodPerAnomaly(int good, int anomalous) {
    return goal instanceof ThresholdGoal.BestF1AtPrevalence at
        ? (1 - at.prevalence()) / at.prevalence()
        : (double) good / anomalous;
  }

  private static void scores(
      DetectionModel model,
      LabelledFolder folder,
      List<Path> pictures,
      boolean anomalous,
      List<ImageScore> into)
      throws IOException {
    for (Path picture : pictures) {
      double score = model.detect(StoredPictures.decode(picture)).score();
      into.add(new ImageScore(folder.nameOf(picture), anomalous, score));
    }
  }

  private static double inferenceMillis(DetectionModel model, Picture picture) {
    for (int i = 0; i < WARM_UP; i++) {
      model.detect(picture);
    }
    double[] millis = new double[TIMED];
    for (int i = 0; i < TIMED; i++) {
      long start = System.nanoTime();
      model.detect(picture);
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(millis);
    return millis[TIMED / 2];
  }
}

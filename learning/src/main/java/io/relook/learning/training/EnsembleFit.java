package io.relook.learning.training;

import io.relook.learning.data.TrainingMode;
import io.relook.learning.decision.Calibration;
import io.relook.learning.decision.Ensemble;
import io.relook.learning.decision.LabelNoiseFilter;
import io.relook.learning.decision.Stack;
import io.relook.learning.decision.ThresholdGoal;
import io.relook.learning.decision.Thresholds;
import io.relook.learning.detectors.Detector;
import io.relook.learning.detectors.Detectors;
import io.relook.learning.detectors.FittedDetector;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.validation.OutOfFoldStatistics;
import io.relook.learning.validation.Selection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Chooses detectors, stack and threshold from out-of-fold statistics. Pure.
 *
 * @param goodScores raw out-of-fold scores of the good pictures, by the chosen stack
 * @param anomalousScores the same of the anomalous pictures
 * @param suspects indices of good pictures whose labels may be wrong, the most anomalous first
 */
record EnsembleFit(
    Ensemble ensemble,
    List<Double> goodScores,
    List<Double> anomalousScores,
    List<Integer> suspects) {

  /** Sets of detectors to select from, from cheap to expensive; the empty set stands for all. */
  private static final List<Set<String>> CANDIDATES =
      List.of(
          Set.of(
              Detectors.WHITENED_BANK,
              Detectors.FINE_BANK,
              Detectors.MAHALANOBIS,
              Detectors.TWO_BANK_RATIO,
              Detectors.LINEAR_CLASSIFIER),
          Set.of());

  /**
   * Statistics that count as unsupervised scores: those that measure the distance of the most
   * anomalous patches, or of the picture. Spread and PCA residual are weaker alone. They only help
   * with weights that are fitted to labels.
   */
  private static final Set<String> UNSUPERVISED_SCORES = Set.of("top1", "max", "distance");

  /** Factors of the mode's regularisation to select from. */
  private static final List<Double> REGULARISATION_FACTORS = List.of(1.0, 0.2);

  /**
   * Fits.
   *
   * @param shipped the fitted detectors, in the order of {@code detectors}
   * @param data statistics in the order of the detectors'
   */
  static EnsembleFit of(
      List<FittedDetector> shipped,
      List<Detector> detectors,
      OutOfFoldStatistics data,
      TrainingMode mode,
      TrainingSettings settings) {
    Columns columns = Columns.of(shipped, detectors);
    double relativeScale = mode == TrainingMode.SINGLE_PICTURE ? 1 : 0;
    LabelNoiseFilter filter =
        LabelNoiseFilter.of(
            columns.unsupervisedIndices(), columns.unsupervised, data.good(), relativeScale);

    Selected selected =
        mode.learnsFromAnomalies()
            ? stacked(shipped, columns, data, mode, settings.seed())
            : maximum(shipped, columns, data, relativeScale);
    List<Integer> suspects =
        mode.learnsFromAnomalies()
            ? LabelNoiseFilter.confident(selected.good, selected.anomalous)
            : filter.suspects();
    double threshold =
        switch (mode) {
          case SINGLE_PICTURE -> 1;
          case NORMALS_ONLY, FEW_ANOMALIES ->
              unsupervisedThreshold(selected, filter.inliers(), settings.goal());
          case STACKED, SUPERVISED -> stackThreshold(selected, suspects, data, settings.goal());
        };
    Calibration calibration =
        Calibration.of(threshold, Thresholds.quantile(selected.good, 0.5), 0.5);
    int mapDetector = mapDetector(selected.detectors, shipped);
    int mapColumn = columns.of.get(selected.detectors.get(mapDetector))[0];
    return new EnsembleFit(
        new Ensemble(
            selected.detectors.stream().<FittedDetector>map(shipped::get).toList(),
            selected.stack.renumbered(),
            calibration,
            mapDetector,
            mapCalibration(mapColumn, columns.unsupervised.length, filter, data, mode)),
        selected.good,
        selected.anomalous,
        suspects);
  }

  /**
   * Which columns of the statistics belong to which detector.
   *
   * @param of the columns of each detector
   * @param unsupervised of each column, whether it is an unsupervised score
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Columns(List<int[]> of, boolean[] unsupervised) {

    static Columns of(List<FittedDetector> shipped, List<Detector> detectors) {
      int count = shipped.stream().mapToInt(d -> d.statistics().size()).sum();
      boolean[] unsupervised = new boolean[count];
      List<int[]> columns = new ArrayList<>();
      int next = 0;
      for (int d = 0; d < shipped.size(); d++) {
        int from = next;
        next += shipped.get(d).statistics().size();
        columns.add(IntStream.range(from, next).toArray());
        for (int c = from; c < next; c++) {
          unsupervised[c] =
              !detectors.get(d).learnsFromAnomalies()
                  && UNSUPERVISED_SCORES.contains(shipped.get(d).statistics().get(c - from))
                  && !shipped.get(d).name().equals(Detectors.PCA_RESIDUAL);
        }
      }
      return new Columns(columns, unsupervised);
    }

    int[] unsupervisedIndices() {
      return IntStream.range(0, unsupervised.length).filter(c -> unsupervised[c]).toArray();
    }

    int[] ofAll(List<Integer> detectors) {
      return detectors.stream().flatMapToInt(d -> IntStream.of(of.get(d))).toArray();
    }
  }

  /**
   * The detectors of a model and how their statistics become one score.
   *
   * @param detectors indices of fitted detectors
   * @param good raw out-of-fold scores of good pictures
   * @param anomalous the same of anomalous pictures
   */
  private record Selected(
      List<Integer> detectors, Stack stack, List<Double> good, List<Double> anomalous) {}

  /** Without labels: the maximum of the unsupervised scores. */
  private static Selected maximum(
      List<FittedDetector> shipped,
      Columns columns,
      OutOfFoldStatistics data,
      double relativeScale) {
    List<Integer> detectors =
        IntStream.range(0, shipped.size())
            .filter(d -> IntStream.of(columns.of.get(d)).anyMatch(c -> columns.unsupervised[c]))
            .boxed()
            .toList();
    Stack stack =
        Stack.mean(columns.ofAll(detectors), columns.unsupervised, data.good(), relativeScale)
            .asMaximum();
    return new Selected(
        detectors,
        stack,
        data.good().stream().map(stack::score).toList(),
        data.anomalous().stream().map(stack::score).toList());
  }

  /** With labels: a stack with fitted weights, of selected detectors and regularisation. */
  private static Selected stacked(
      List<FittedDetector> shipped,
      Columns columns,
      OutOfFoldStatistics data,
      TrainingMode mode,
      long seed) {
    List<List<Integer>> candidates = new ArrayList<>();
    for (Set<String> names : CANDIDATES) {
      List<Integer> members =
          IntStream.range(0, shipped.size())
              .filter(d -> names.isEmpty() || names.contains(shipped.get(d).name()))
              .boxed()
              .toList();
      if (!members.isEmpty()) {
        candidates.add(members);
      }
    }
    List<double[]> scores = new ArrayList<>();
    for (List<Integer> members : candidates) {
      for (double factor : REGULARISATION_FACTORS) {
        Stack mean = Stack.mean(columns.ofAll(members), columns.unsupervised, data.good(), 0);
        scores.add(crossFitted(mean, data, factor * mode.regularisation()));
      }
    }
    int best = Selection.choose(scores, data.good().size(), seed);
    List<Integer> detectors = candidates.get(best / REGULARISATION_FACTORS.size());
    double factor = REGULARISATION_FACTORS.get(best % REGULARISATION_FACTORS.size());
    Stack stack =
        Stack.mean(columns.ofAll(detectors), columns.unsupervised, data.good(), 0)
            .fitted(data.good(), data.anomalous(), factor * mode.regularisation());
    List<Double> all = DoubleStream.of(scores.get(best)).boxed().toList();
    int good = data.good().size();
    return new Selected(detectors, stack, all.subList(0, good), all.subList(good, all.size()));
  }

  /** Scores of all pictures, the good ones first, each by a stack fitted without its fold. */
  private static double[] crossFitted(Stack mean, OutOfFoldStatistics data, double regularisation) {
    double[] scores = new double[data.good().size() + data.anomalous().size()];
    List<Integer> folds = data.goodFolds().stream().distinct().sorted().toList();
    for (int fold : folds) {
      List<double[]> good = withoutFold(data.good(), data.goodFolds(), fold);
      List<double[]> anomalous = withoutFold(data.anomalous(), data.anomalousFolds(), fold);
      Stack stack = mean.fitted(good, anomalous, regularisation);
      for (int i = 0; i < data.good().size(); i++) {
        if (data.goodFolds().get(i) == fold) {
          scores[i] = stack.score(data.good().get(i));
        }
      }
      for (int i = 0; i < data.anomalous().size(); i++) {
        if (data.anomalousFolds().get(i) == fold) {
          scores[data.good().size() + i] = stack.score(data.anomalous().get(i));
        }
      }
    }
    return scores;
  }

  private static List<double[]> withoutFold(List<double[]> rows, List<Integer> folds, int fold) {
    return IntStream.range(0, rows.size())
        .filter(i -> folds.get(i) != fold)
        .mapToObj(rows::get)
        .toList();
  }

  /** A threshold that follows from good pictures; labelled anomalies only count for a recall. */
  private static double unsupervisedThreshold(
      Selected selected, List<Integer> inliers, ThresholdGoal goal) {
    if (goal instanceof ThresholdGoal.MaxFalsePositiveRate limit) {
      return Thresholds.maxFalsePositiveRate(selected.good, limit.rate());
    }
    if (goal instanceof ThresholdGoal.MinRecall limit && !selected.anomalous.isEmpty()) {
      return Thresholds.minRecall(selected.anomalous, limit.recall());
    }
    return Thresholds.orderStatistic(inliers.stream().map(selected.good::get).toList());
  }

  /**
   * A threshold that follows from both classes. Each picture counts twice: with its score by the
   * stack fitted without its fold, which has the spread of new pictures, and with its score by the
   * shipped stack, which has the location that the threshold is for. For the best F1, the former
   * scores of suspects are left out: if the label is wrong, they do not tell the spread of good
   * pictures.
   */
  private static double stackThreshold(
      Selected selected, List<Integer> suspects, OutOfFoldStatistics data, ThresholdGoal goal) {
    List<Double> shippedGood = data.good().stream().map(selected.stack::score).toList();
    List<Double> shippedAnomalous = data.anomalous().stream().map(selected.stack::score).toList();
    List<Double> good = concatenated(selected.good, shippedGood);
    List<Double> anomalous = concatenated(selected.anomalous, shippedAnomalous);
    if (goal instanceof ThresholdGoal.MaxFalsePositiveRate limit) {
      return Thresholds.maxFalsePositiveRate(good, limit.rate());
    }
    if (goal instanceof ThresholdGoal.MinRecall limit) {
      return Thresholds.minRecall(anomalous, limit.recall());
    }
    List<Double> unsuspected =
        IntStream.range(0, selected.good.size())
            .filter(i -> !suspects.contains(i))
            .mapToObj(selected.good::get)
            .toList();
    double prevalence =
        goal instanceof ThresholdGoal.BestF1AtPrevalence at
            ? at.prevalence()
            : (double) anomalous.size() / (good.size() + anomalous.size());
    return Thresholds.bestF1(concatenated(unsuspected, shippedGood), anomalous, prevalence);
  }

  private static List<Double> concatenated(List<Double> some, List<Double> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /** Index of the detector with the finest map, or of the first one where it is absent. */
  private static int mapDetector(List<Integer> selected, List<FittedDetector> shipped) {
    List<String> names = selected.stream().map(d -> shipped.get(d).name()).toList();
    return Math.max(0, names.indexOf(Detectors.FINE_BANK));
  }

  /** The calibration of the map, by the good pictures' first statistic of its detector. */
  private static Calibration mapCalibration(
      int column,
      int columns,
      LabelNoiseFilter filter,
      OutOfFoldStatistics data,
      TrainingMode mode) {
    boolean[] all = new boolean[columns];
    Arrays.fill(all, true);
    double relativeScale = mode == TrainingMode.SINGLE_PICTURE ? 1 : 0;
    Stack map = Stack.mean(new int[] {column}, all, data.good(), relativeScale);
    List<Double> inliers =
        filter.inliers().stream().map(i -> map.score(data.good().get(i))).toList();
    double level = mode == TrainingMode.SINGLE_PICTURE ? 1 : Thresholds.orderStatistic(inliers);
    return Calibration.of(
        map.centres()[0] + level * map.scales()[0], map.centres()[0], 0.5 * map.scales()[0]);
  }

  /** Evaluation of the training pictures out of fold; empty without anomalous ones. */
  Optional<Evaluation> evaluation() {
    if (anomalousScores.isEmpty()) {
      return Optional.empty();
    }
    List<ImageScore> scores = new ArrayList<>();
    goodScores.forEach(s -> scores.add(new ImageScore("", false, s)));
    anomalousScores.forEach(s -> scores.add(new ImageScore("", true, s)));
    return Optional.of(Evaluator.evaluate(scores, ensemble.calibration().threshold()));
  }
}

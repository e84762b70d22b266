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
import io.relook.learning.validation.OutOfFold;
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
 * From out-of-fold statistics to heads, stack and threshold. Pure.
 *
 * @param goodScores out-of-fold scores on the stack's scale
 * @param suspects indices of good pictures that look mislabelled, the most anomalous first
 */
record Fitting(
    Ensemble ensemble,
    List<Double> goodScores,
    List<Double> anomalousScores,
    List<Integer> suspects) {

  /** Sets of heads from cheap to dear; heads that are absent are left out of each. */
  private static final List<Set<String>> CHOICES =
      List.of(
          Set.of(
              Detectors.WHITENED_BANK,
              Detectors.FINE_BANK,
              Detectors.MAHALANOBIS,
              Detectors.TWO_BANK_RATIO,
              Detectors.LINEAR_CLASSIFIER),
          Set.of());

  /**
   * Without labels, statistics that say how far the worst is count alike; spread and residual,
   * which are weaker alone, need labels to be weighed.
   */
  private static final Set<String> IN_MEAN = Set.of("worst1", "max", "distance");

  private static final List<Double> REGULARISATIONS = List.of(1.0, 0.2);

  static Fitting of(
      List<FittedDetector> shipped,
      List<Detector> heads,
      OutOfFold data,
      TrainingMode regime,
      TrainingSettings settings) {
    boolean[] novelty = new boolean[data.good().get(0).length];
    List<int[]> columnsOf = new ArrayList<>();
    int next = 0;
    for (int h = 0; h < shipped.size(); h++) {
      int from = next;
      next += shipped.get(h).statistics().size();
      columnsOf.add(IntStream.range(from, next).toArray());
      for (int c = from; c < next; c++) {
        novelty[c] =
            !heads.get(h).learnsFromAnomalies()
                && IN_MEAN.contains(shipped.get(h).statistics().get(c - from))
                && !shipped.get(h).name().equals(Detectors.PCA_RESIDUAL);
      }
    }
    double relativeScale = regime == TrainingMode.SINGLE_PICTURE ? 1 : 0;
    int[] noveltyColumns = IntStream.range(0, next).filter(c -> novelty[c]).toArray();
    LabelNoiseFilter screen =
        LabelNoiseFilter.of(noveltyColumns, novelty, data.good(), relativeScale);

    Choice choice =
        regime.learnsFromAnomalies()
            ? stacked(shipped, columnsOf, novelty, data, regime, settings.seed())
            : worst(shipped, columnsOf, novelty, data, relativeScale);
    List<Integer> suspects =
        regime.learnsFromAnomalies()
            ? LabelNoiseFilter.confident(choice.good, choice.anomalous)
            : screen.suspects();
    double threshold =
        switch (regime) {
          case SINGLE_PICTURE -> 1;
          case NORMALS_ONLY, FEW_ANOMALIES -> novel(choice, screen.credible(), settings.goal());
          case STACKED, SUPERVISED -> learned(choice, suspects, data, settings.goal());
        };
    Calibration calibration = Calibration.of(threshold, Thresholds.quantile(choice.good, 0.5), 0.5);

    int mapHead = mapHead(choice.heads, shipped);
    int column = columnsOf.get(choice.heads.get(mapHead))[0];
    Stack map = Stack.mean(new int[] {column}, trues(next), data.good(), relativeScale);
    List<Double> levels =
        screen.credible().stream().map(i -> map.score(data.good().get(i))).toList();
    double level = regime == TrainingMode.SINGLE_PICTURE ? 1 : Thresholds.orderStatistic(levels);
    Calibration mapCalibration =
        Calibration.of(
            map.centres()[0] + level * map.scales()[0], map.centres()[0], 0.5 * map.scales()[0]);
    return new Fitting(
        new Ensemble(
            choice.heads.stream().<FittedDetector>map(shipped::get).toList(),
            choice.stack.renumbered(),
            calibration,
            mapHead,
            mapCalibration),
        choice.good,
        choice.anomalous,
        suspects);
  }

  /**
   * Which heads a model has, and how their statistics become one.
   *
   * @param heads indices of fitted heads
   * @param good out-of-fold scores of good pictures
   * @param anomalous of anomalous ones
   */
  private record Choice(
      List<Integer> heads, Stack stack, List<Double> good, List<Double> anomalous) {}

  private static Choice worst(
      List<FittedDetector> shipped,
      List<int[]> columnsOf,
      boolean[] novelty,
      OutOfFold data,
      double relativeScale) {
    List<Integer> heads =
        IntStream.range(0, shipped.size())
            .filter(h -> IntStream.of(columnsOf.get(h)).anyMatch(c -> novelty[c]))
            .boxed()
            .toList();
    Stack stack =
        Stack.mean(columns(heads, columnsOf), novelty, data.good(), relativeScale).asWorst();
    return new Choice(
        heads,
        stack,
        data.good().stream().map(stack::score).toList(),
        data.anomalous().stream().map(stack::score).toList());
  }

  private static Choice stacked(
      List<FittedDetector> shipped,
      List<int[]> columnsOf,
      boolean[] novelty,
      OutOfFold data,
      TrainingMode regime,
      long seed) {
    List<List<Integer>> candidates = new ArrayList<>();
    for (Set<String> choice : CHOICES) {
      List<Integer> members =
          IntStream.range(0, shipped.size())
              .filter(h -> choice.isEmpty() || choice.contains(shipped.get(h).name()))
              .boxed()
              .toList();
      if (!members.isEmpty()) {
        candidates.add(members);
      }
    }
    List<double[]> scores = new ArrayList<>();
    for (List<Integer> members : candidates) {
      for (double factor : REGULARISATIONS) {
        double regularisation = factor * regime.regularisation();
        scores.add(crossFitted(columns(members, columnsOf), novelty, data, regularisation));
      }
    }
    int best = Selection.choose(scores, data.good().size(), seed);
    List<Integer> heads = candidates.get(best / REGULARISATIONS.size());
    double factor = REGULARISATIONS.get(best % REGULARISATIONS.size());
    Stack stack =
        Stack.mean(columns(heads, columnsOf), novelty, data.good(), 0)
            .fitted(data.good(), data.anomalous(), factor * regime.regularisation());
    List<Double> all = DoubleStream.of(scores.get(best)).boxed().toList();
    int good = data.good().size();
    return new Choice(heads, stack, all.subList(0, good), all.subList(good, all.size()));
  }

  /** Scores of all pictures, good first, each by a stack fitted without its fold. */
  private static double[] crossFitted(
      int[] columns, boolean[] novelty, OutOfFold data, double regularisation) {
    double[] scores = new double[data.good().size() + data.anomalous().size()];
    Stack mean = Stack.mean(columns, novelty, data.good(), 0);
    List<Integer> folds = data.goodFolds().stream().distinct().sorted().toList();
    for (int fold : folds) {
      List<double[]> good = others(data.good(), data.goodFolds(), fold);
      List<double[]> anomalous = others(data.anomalous(), data.anomalousFolds(), fold);
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

  private static List<double[]> others(List<double[]> rows, List<Integer> folds, int fold) {
    return IntStream.range(0, rows.size())
        .filter(i -> folds.get(i) != fold)
        .mapToObj(rows::get)
        .toList();
  }

  /** Without labels to speak of. */
  private static double novel(Choice choice, List<Integer> credible, ThresholdGoal goal) {
    if (goal instanceof ThresholdGoal.MaxFalsePositiveRate limit) {
      return Thresholds.maxFalsePositiveRate(choice.good, limit.rate());
    }
    if (goal instanceof ThresholdGoal.MinRecall limit && !choice.anomalous.isEmpty()) {
      return Thresholds.minRecall(choice.anomalous, limit.recall());
    }
    return Thresholds.orderStatistic(credible.stream().map(choice.good::get).toList());
  }

  /**
   * From each picture's scores by two stacks: the one fitted without its fold, which shows the
   * spread that new pictures have, and the one that the threshold is for, which shows where that
   * one's scores lie. For the best F1 not the former of suspects: if the label is wrong it is no
   * spread of their class.
   */
  private static double learned(
      Choice choice, List<Integer> suspects, OutOfFold data, ThresholdGoal goal) {
    List<Double> shippedGood = data.good().stream().map(choice.stack::score).toList();
    List<Double> shippedAnomalous = data.anomalous().stream().map(choice.stack::score).toList();
    List<Double> good = concatenated(choice.good, shippedGood);
    List<Double> anomalous = concatenated(choice.anomalous, shippedAnomalous);
    if (goal instanceof ThresholdGoal.MaxFalsePositiveRate limit) {
      return Thresholds.maxFalsePositiveRate(good, limit.rate());
    }
    if (goal instanceof ThresholdGoal.MinRecall limit) {
      return Thresholds.minRecall(anomalous, limit.recall());
    }
    List<Double> trusted =
        IntStream.range(0, choice.good.size())
            .filter(i -> !suspects.contains(i))
            .mapToObj(choice.good::get)
            .toList();
    double prevalence =
        goal instanceof ThresholdGoal.BestF1AtPrevalence at
            ? at.prevalence()
            : (double) anomalous.size() / (good.size() + anomalous.size());
    return Thresholds.bestF1(concatenated(trusted, shippedGood), anomalous, prevalence);
  }

  private static List<Double> concatenated(List<Double> some, List<Double> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /** The fine bank, whose cells are the smallest, or else the first bank. */
  private static int mapHead(List<Integer> chosen, List<FittedDetector> shipped) {
    List<String> names = chosen.stream().map(h -> shipped.get(h).name()).toList();
    return Math.max(0, names.indexOf(Detectors.FINE_BANK));
  }

  private static int[] columns(List<Integer> members, List<int[]> columnsOf) {
    return members.stream().flatMapToInt(h -> IntStream.of(columnsOf.get(h))).toArray();
  }

  private static boolean[] trues(int length) {
    boolean[] all = new boolean[length];
    Arrays.fill(all, true);
    return all;
  }

  /** Of the training pictures by models that had not seen them; empty without anomalous ones. */
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

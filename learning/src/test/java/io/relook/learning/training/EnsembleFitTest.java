package io.relook.learning.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.learning.data.TrainingMode;
import io.relook.learning.decision.Stack;
import io.relook.learning.decision.ThresholdGoal;
import io.relook.learning.decision.ThresholdGoal.BestF1;
import io.relook.learning.decision.ThresholdGoal.BestF1AtPrevalence;
import io.relook.learning.decision.ThresholdGoal.MaxFalsePositiveRate;
import io.relook.learning.decision.ThresholdGoal.MinRecall;
import io.relook.learning.decision.Thresholds;
import io.relook.learning.detectors.Detector;
import io.relook.learning.detectors.DetectorInput;
import io.relook.learning.detectors.FittedDetector;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.validation.OutOfFoldStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Suspects and thresholds from the statistics of two detectors, whose classes overlap. */
class EnsembleFitTest {
  private static final List<StatisticDetector> DETECTORS =
      List.of(new StatisticDetector("whitened-bank", false), new StatisticDetector("linear", true));
  private static final int GOOD = 60;
  private static final int ANOMALOUS = 20;

  private final Random random = new Random(3);
  private final List<double[]> good = rows(GOOD, 1);
  private final List<double[]> anomalous = rows(ANOMALOUS, 1.5);

  @Test
  void alarmsMoreTheMoreOftenPicturesAreAnomalous() {
    float atTheirOwn = threshold(TrainingMode.STACKED, new BestF1());

    assertThat(threshold(TrainingMode.STACKED, new BestF1AtPrevalence(0.25))).isEqualTo(atTheirOwn);
    assertThat(threshold(TrainingMode.STACKED, new BestF1AtPrevalence(0.01)))
        .isGreaterThan(atTheirOwn);
    assertThat(threshold(TrainingMode.STACKED, new BestF1AtPrevalence(0.7))).isLessThan(atTheirOwn);
  }

  @ParameterizedTest
  @EnumSource(names = {"FEW_ANOMALIES", "STACKED"})
  void keepsToTheShareOfFalseAlarmsOrOfFoundDefects(TrainingMode mode) {
    EnsembleFit quiet = fit(mode, new MaxFalsePositiveRate(0.05));
    EnsembleFit keen = fit(mode, new MinRecall(0.9));

    assertThat(share(quiet.goodScores(), quiet)).isBetween(0.01, 0.05 + 1.0 / GOOD);
    assertThat(share(keen.anomalousScores(), keen)).isBetween(0.85, 0.95);
  }

  @Test
  void wrongLabelsLiftTheThresholdLess() {
    anomalous.clear();
    IntStream.range(0, ANOMALOUS)
        .mapToDouble(i -> 1.8 + 0.1 * i)
        .forEach(x -> anomalous.add(new double[] {x, x}));
    List<Integer> wrong = List.of(0, 7, 14, 21, 28, 35);
    wrong.forEach(i -> good.set(i, new double[] {3, 3}));

    EnsembleFit fit = fit(TrainingMode.STACKED, new BestF1());

    assertThat(fit.suspects()).containsExactlyInAnyOrderElementsOf(wrong);
    Stack stack = fit.ensemble().stack();
    List<Double> allGood = new ArrayList<>(fit.goodScores());
    good.forEach(row -> allGood.add(stack.score(row)));
    List<Double> allAnomalous = new ArrayList<>(fit.anomalousScores());
    anomalous.forEach(row -> allAnomalous.add(stack.score(row)));
    double lifted = Thresholds.bestF1(allGood, allAnomalous, 0.25);
    assertThat(fit.ensemble().calibration().threshold()).isLessThan((float) lifted - 0.05f);
  }

  private float threshold(TrainingMode mode, ThresholdGoal goal) {
    return fit(mode, goal).ensemble().calibration().threshold();
  }

  private EnsembleFit fit(TrainingMode mode, ThresholdGoal goal) {
    return EnsembleFit.of(
        List.copyOf(DETECTORS),
        List.copyOf(DETECTORS),
        new OutOfFoldStatistics(good, folds(GOOD), anomalous, folds(ANOMALOUS)),
        mode,
        new TrainingSettings(64 * 64, 1, 1, Map.of(), goal));
  }

  private static double share(List<Double> scores, EnsembleFit fit) {
    float threshold = fit.ensemble().calibration().threshold();
    return scores.stream().filter(s -> s >= threshold).count() / (double) scores.size();
  }

  private static List<Integer> folds(int count) {
    return IntStream.range(0, count).mapToObj(i -> i % 5).toList();
  }

  private List<double[]> rows(int count, double mean) {
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          new double[] {
            mean + 0.2 * random.nextGaussian(), mean + 0.2 * random.nextGaussian(),
          });
    }
    return rows;
  }

  /** A detector with one statistic, which the test gives. */
  private record StatisticDetector(String name, boolean learnsFromAnomalies)
      implements Detector, FittedDetector {

    @Override
    public FittedDetector fit(DetectorInput input) {
      return this;
    }

    @Override
    public List<String> statistics() {
      return List.of("max");
    }

    @Override
    public Outputs addTo(OnnxGraph graph, Map<String, String> taps) {
      throw new UnsupportedOperationException("writes no file");
    }
  }
}

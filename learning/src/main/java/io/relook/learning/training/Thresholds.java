package io.relook.learning.training;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/** Chooses thresholds from out-of-fold scores. Pure. */
final class Thresholds {

  /** Of a standard deviation. */
  private static final double MARGIN = 0.1;

  /** The highest of fewer scores says little; typical pictures then stay a deviation below. */
  private static final int FEW = 10;

  private Thresholds() {}

  /**
   * The middle of the best plateau: of the widest interval of thresholds that give the best F1. A
   * threshold that alarms for every picture is no candidate.
   *
   * @param good at least one score
   * @param anomalous at least one score
   */
  static double bestF1(List<Double> good, List<Double> anomalous) {
    TreeMap<Double, int[]> counts = new TreeMap<>();
    good.forEach(s -> counts.computeIfAbsent(s, k -> new int[2])[0]++);
    anomalous.forEach(s -> counts.computeIfAbsent(s, k -> new int[2])[1]++);
    double best = counts.firstKey();
    double bestF1 = -1;
    double bestWidth = 0;
    double top = counts.lastKey();
    double lastF1 = -1;
    int falseAlarms = 0;
    int rightAlarms = 0;
    // From the highest score down; thresholds in (below, at] alarm for everything from `at` on.
    for (double at : counts.descendingKeySet()) {
      Double below = counts.lowerKey(at);
      if (below == null) {
        break;
      }
      int[] here = Objects.requireNonNull(counts.get(at));
      falseAlarms += here[0];
      rightAlarms += here[1];
      double f1 = 2.0 * rightAlarms / (anomalous.size() + rightAlarms + falseAlarms);
      if (f1 != lastF1) {
        top = at;
      }
      lastF1 = f1;
      double width = top - below;
      if (f1 > bestF1 || (f1 == bestF1 && width > bestWidth)) {
        bestF1 = f1;
        bestWidth = width;
        best = below + width / 2;
      }
    }
    return best;
  }

  /**
   * Just above the k-th highest good score, k = ⌊(n + 1) / 10⌋ from the first to the third, and ⌊(n
   * + 1) / 50⌋ of many. A next good picture lies above with a probability of at most k / (n + 1),
   * by exchangeability (conformal p-values, Vovk et al. 2005): a tenth from 9 pictures on, a
   * fiftieth from 149. Not the highest, which of a few dozen pictures is an odd or a mislabelled
   * one too often: it lifts the threshold above most defects.
   *
   * @param good at least one score, in standard deviations of good pictures
   */
  static double orderStatistic(List<Double> good) {
    List<Double> falling = good.stream().sorted(Comparator.reverseOrder()).toList();
    int n = falling.size();
    int k = Math.max(1, Math.max(Math.min(3, (n + 1) / 10), (n + 1) / 50));
    double at = falling.get(k - 1);
    double above = falling.stream().filter(s -> s > at).reduce((x, y) -> y).orElse(at + 4 * MARGIN);
    // The threshold itself alarms, so it lies above the score that must not.
    double threshold = at + Math.min(MARGIN, (above - at) / 2);
    return n < FEW ? Math.max(threshold, quantile(good, 0.5) + 1) : threshold;
  }

  /** Good scores above it are suspected to be mislabelled. */
  static double fence(List<Double> good) {
    double upper = quantile(good, 0.75);
    return upper + Math.max(3 * (upper - quantile(good, 0.25)), 2);
  }

  /** The lowest threshold between scores with at most this share of good ones at or above it. */
  static double maxFalsePositiveRate(List<Double> good, double rate) {
    List<Double> falling = good.stream().sorted(Comparator.reverseOrder()).toList();
    int allowed = (int) Math.floor(rate * falling.size() + 1e-9);
    if (allowed >= falling.size()) {
      return falling.get(falling.size() - 1);
    }
    double refused = falling.get(allowed);
    double accepted =
        falling.stream().filter(s -> s > refused).reduce((x, y) -> y).orElse(refused + 0.2);
    return refused + (accepted - refused) / 2;
  }

  /** The highest threshold with at least this share of anomalous scores at or above it. */
  static double minRecall(List<Double> anomalous, double recall) {
    List<Double> rising = anomalous.stream().sorted().toList();
    int missed = (int) Math.floor((1 - recall) * rising.size() + 1e-9);
    return rising.get(Math.min(missed, rising.size() - 1));
  }

  /** Linear between order statistics, as NumPy's default. */
  static double quantile(List<Double> values, double q) {
    List<Double> sorted = values.stream().sorted().toList();
    double position = q * (sorted.size() - 1);
    int below = (int) position;
    double low = sorted.get(below);
    return below + 1 < sorted.size()
        ? low + (position - below) * (sorted.get(below + 1) - low)
        : low;
  }
}

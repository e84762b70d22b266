package io.relook.learning.decision;

import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Chooses thresholds from out-of-fold scores. Pure. */
public final class Thresholds {

  /** Of a standard deviation. */
  private static final double MARGIN = 0.1;

  /** The highest of fewer scores says little; typical pictures then stay a deviation below. */
  private static final int FEW = 10;

  /**
   * Interquartile ranges above the upper quartile from which on a good score is not trusted;
   * between Tukey's 1.5 and 3.
   */
  static final double DOUBTFUL = 2;

  /** From which on it is far out (Tukey). */
  static final double FAR_OUT = 3;

  /** Half of a normal distribution's interquartile range, in standard deviations. */
  private static final double LEAST_RANGE = 2.0 / 3;

  /** Thresholds that are tried for the best F1. */
  private static final int STEPS = 600;

  /** A lower F1 by this is no worse. */
  private static final double AS_GOOD = 1e-3;

  /** Of copies, which have no spread. */
  private static final double LEAST_BANDWIDTH = 1e-9;

  private Thresholds() {}

  /**
   * The best F1 = 2 π r / (π + π r + (1 − π) q) with prevalence π, recall r and false-positive rate
   * q, of scores that are each spread out as a next one might be: by a logistic kernel, per class
   * of the normal reference rule's bandwidth (Silverman, "Density Estimation", 1986, eq. 3.28). A
   * step of the plain F1 between two scores says nothing about where between them, and with ten
   * anomalous pictures each is a step. Between the lowest and the highest score; where many
   * thresholds are as good, their middle.
   *
   * @param good at least one score
   * @param anomalous at least one score
   * @param prevalence share of anomalous pictures, above 0 and below 1
   */
  public static double bestF1(List<Double> good, List<Double> anomalous, double prevalence) {
    DoubleSummaryStatistics range =
        Stream.concat(good.stream(), anomalous.stream())
            .mapToDouble(Double::doubleValue)
            .summaryStatistics();
    double goodScale = scale(good);
    double anomalousScale = scale(anomalous);
    double[] f1 = new double[STEPS];
    double best = 0;
    for (int i = 0; i < STEPS; i++) {
      double at = at(range, i);
      double rightAlarms = prevalence * above(at, anomalous, anomalousScale);
      double falseAlarms = (1 - prevalence) * above(at, good, goodScale);
      f1[i] = 2 * rightAlarms / (prevalence + rightAlarms + falseAlarms);
      best = Math.max(best, f1[i]);
    }
    double least = best - AS_GOOD;
    return at(
        range, IntStream.range(0, STEPS).filter(i -> f1[i] >= least).average().orElse(STEPS - 1.0));
  }

  /** Between the lowest and the highest score, without the former, from which all alarm. */
  private static double at(DoubleSummaryStatistics range, double step) {
    return range.getMin() + (range.getMax() - range.getMin()) * (step + 1) / STEPS;
  }

  /** What share of scores is expected at or above a threshold. */
  private static double above(double threshold, List<Double> scores, double scale) {
    return scores.stream()
        .mapToDouble(s -> 1 / (1 + Math.exp((threshold - s) / scale)))
        .average()
        .orElse(0);
  }

  /** Of the logistic distribution that has the bandwidth as standard deviation. */
  private static double scale(List<Double> scores) {
    double mean = scores.stream().mapToDouble(s -> s).average().orElse(0);
    double variance = scores.stream().mapToDouble(s -> (s - mean) * (s - mean)).average().orElse(0);
    double bandwidth = 1.06 * Math.sqrt(variance) * Math.pow(scores.size(), -0.2);
    return Math.max(bandwidth, LEAST_BANDWIDTH) * Math.sqrt(3) / Math.PI;
  }

  /**
   * Just above the k-th highest good score, k = ⌊(n + 1) / 10⌋ from the first to the third, and ⌊(n
   * + 1) / 50⌋ of many. A next good picture lies above with a probability of at most k / (n + 1),
   * by exchangeability (conformal p-values, Vovk et al. 2005): a tenth from 9 pictures on, a
   * fiftieth from 149. Not the highest, which of a few dozen pictures is an odd or a mislabelled
   * one too often: it lifts the threshold above most defects. Where s pictures were left out as far
   * out the probability is (k + s) / (n + s + 1).
   *
   * @param good at least one score, in standard deviations of good pictures
   */
  public static double orderStatistic(List<Double> good) {
    List<Double> falling = good.stream().sorted(Comparator.reverseOrder()).toList();
    int n = falling.size();
    int k = Math.max(1, Math.max(Math.min(3, (n + 1) / 10), (n + 1) / 50));
    double at = falling.get(k - 1);
    double above = falling.stream().filter(s -> s > at).reduce((x, y) -> y).orElse(at + 4 * MARGIN);
    // The threshold itself alarms, so it lies above the score that must not.
    double threshold = at + Math.min(MARGIN, (above - at) / 2);
    return n < FEW ? Math.max(threshold, quantile(good, 0.5) + 1) : threshold;
  }

  /**
   * An upper fence (Tukey, "Exploratory Data Analysis", 1977, §2D): so many interquartile ranges
   * above the upper quartile. Close scores have close quartiles, so a range counts for at least
   * {@link #LEAST_RANGE}.
   *
   * @param good at least one score, in standard deviations of good pictures
   * @param ranges {@link #DOUBTFUL} or {@link #FAR_OUT}
   */
  static double fence(List<Double> good, double ranges) {
    double upper = quantile(good, 0.75);
    return upper + ranges * Math.max(upper - quantile(good, 0.25), LEAST_RANGE);
  }

  /** The lowest threshold between scores with at most this share of good ones at or above it. */
  public static double maxFalsePositiveRate(List<Double> good, double rate) {
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
  public static double minRecall(List<Double> anomalous, double recall) {
    List<Double> rising = anomalous.stream().sorted().toList();
    int missed = (int) Math.floor((1 - recall) * rising.size() + 1e-9);
    return rising.get(Math.min(missed, rising.size() - 1));
  }

  /** Linear between order statistics, as NumPy's default. */
  public static double quantile(List<Double> values, double q) {
    List<Double> sorted = values.stream().sorted().toList();
    double position = q * (sorted.size() - 1);
    int below = (int) position;
    double low = sorted.get(below);
    return below + 1 < sorted.size()
        ? low + (position - below) * (sorted.get(below + 1) - low)
        : low;
  }
}

package io.relook.learning.decision;

import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Chooses thresholds from out-of-fold scores. Pure. */
public final class Thresholds {

  /** Distance of a threshold above the score it follows, in standard deviations. */
  private static final double MARGIN = 0.1;

  /**
   * With fewer good scores their highest one says little, so the threshold also lies at least one
   * standard deviation above their median.
   */
  private static final int FEW = 10;

  /**
   * Interquartile ranges above the upper quartile up to which a good score counts as an inlier;
   * between Tukey's inner fence (1.5) and outer fence (3).
   */
  static final double INLIER_FENCE = 2;

  /** Interquartile ranges beyond which a label is suspected: Tukey's outer fence. */
  static final double SUSPECT_FENCE = 3;

  /** Half of a normal distribution's interquartile range, in standard deviations. */
  private static final double MIN_RANGE = 2.0 / 3;

  /** Thresholds that are tried for the best F1. */
  private static final int STEPS = 600;

  /** F1 values that differ by less count as equal. */
  private static final double F1_TOLERANCE = 1e-3;

  /** Equal scores have no spread; this keeps the kernel's scale above 0. */
  private static final double MIN_BANDWIDTH = 1e-9;

  private Thresholds() {}

  /**
   * The threshold with the best F1 = 2 π r / (π + π r + (1 − π) q), with prevalence π, recall r and
   * false-positive rate q.
   *
   * <p>The plain F1 is a step function: it does not say where between two scores the threshold
   * should lie, and with ten anomalous pictures there are only ten steps. So each score is smoothed
   * by a logistic kernel, with a bandwidth per class by the normal reference rule (Silverman,
   * "Density Estimation", 1986, eq. 3.28). Thresholds between the lowest and the highest score are
   * tried; of several that are equally good, the middle is taken.
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
    double least = best - F1_TOLERANCE;
    return at(
        range, IntStream.range(0, STEPS).filter(i -> f1[i] >= least).average().orElse(STEPS - 1.0));
  }

  /**
   * The threshold of a step, between the lowest and the highest score. The lowest itself is left
   * out: at it every picture would raise an alarm.
   */
  private static double at(DoubleSummaryStatistics range, double step) {
    return range.getMin() + (range.getMax() - range.getMin()) * (step + 1) / STEPS;
  }

  /** The expected share of scores at or above a threshold. */
  private static double above(double threshold, List<Double> scores, double scale) {
    return scores.stream()
        .mapToDouble(s -> 1 / (1 + Math.exp((threshold - s) / scale)))
        .average()
        .orElse(0);
  }

  /** The scale of the logistic distribution whose standard deviation is the bandwidth. */
  private static double scale(List<Double> scores) {
    double mean = scores.stream().mapToDouble(s -> s).average().orElse(0);
    double variance = scores.stream().mapToDouble(s -> (s - mean) * (s - mean)).average().orElse(0);
    double bandwidth = 1.06 * Math.sqrt(variance) * Math.pow(scores.size(), -0.2);
    return Math.max(bandwidth, MIN_BANDWIDTH) * Math.sqrt(3) / Math.PI;
  }

  /**
   * A threshold just above the k-th highest good score, with k = max(1, min(3, ⌊(n + 1) / 10⌋), ⌊(n
   * + 1) / 50⌋).
   *
   * <p>By exchangeability, the next good picture scores above it with a probability of at most k /
   * (n + 1) (conformal p-values, Vovk et al., "Algorithmic Learning in a Random World", 2005): a
   * tenth from 9 pictures on, a fiftieth from 149 on. Where s pictures were removed as outliers
   * before, it is (k + s) / (n + s + 1). The highest score is not used for larger n: of a few dozen
   * pictures, one is often odd or mislabelled, and would lift the threshold above most defects.
   *
   * @param good at least one score, in standard deviations of good pictures
   */
  public static double orderStatistic(List<Double> good) {
    List<Double> falling = good.stream().sorted(Comparator.reverseOrder()).toList();
    int n = falling.size();
    int k = Math.max(1, Math.max(Math.min(3, (n + 1) / 10), (n + 1) / 50));
    double at = falling.get(k - 1);
    double above = falling.stream().filter(s -> s > at).reduce((x, y) -> y).orElse(at + 4 * MARGIN);
    // A score equal to the threshold raises an alarm, so the threshold lies above this score.
    double threshold = at + Math.min(MARGIN, (above - at) / 2);
    return n < FEW ? Math.max(threshold, quantile(good, 0.5) + 1) : threshold;
  }

  /**
   * Tukey's upper fence ("Exploratory Data Analysis", 1977, §2D): a number of interquartile ranges
   * above the upper quartile. Where scores lie close together so do their quartiles, so a range
   * counts as at least {@link #MIN_RANGE}.
   *
   * @param good at least one score, in standard deviations of good pictures
   * @param ranges {@link #INLIER_FENCE} or {@link #SUSPECT_FENCE}
   */
  static double upperFence(List<Double> good, double ranges) {
    double upper = quantile(good, 0.75);
    return upper + ranges * Math.max(upper - quantile(good, 0.25), MIN_RANGE);
  }

  /**
   * The lowest threshold between two scores with at most this share of good ones at or above it.
   */
  public static double maxFalsePositiveRate(List<Double> good, double rate) {
    List<Double> falling = good.stream().sorted(Comparator.reverseOrder()).toList();
    int allowed = (int) Math.floor(rate * falling.size() + 1e-9);
    if (allowed >= falling.size()) {
      return falling.get(falling.size() - 1);
    }
    double below = falling.get(allowed);
    double above = falling.stream().filter(s -> s > below).reduce((x, y) -> y).orElse(below + 0.2);
    return below + (above - below) / 2;
  }

  /** The highest threshold with at least this share of anomalous scores at or above it. */
  public static double minRecall(List<Double> anomalous, double recall) {
    List<Double> rising = anomalous.stream().sorted().toList();
    int missed = (int) Math.floor((1 - recall) * rising.size() + 1e-9);
    return rising.get(Math.min(missed, rising.size() - 1));
  }

  /** The q-quantile, linear between order statistics as NumPy's default. */
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

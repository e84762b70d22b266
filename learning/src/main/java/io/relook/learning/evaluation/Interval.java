package io.relook.learning.evaluation;

import java.util.function.DoubleUnaryOperator;

/**
 * A 95 % confidence interval of a share, within 0 to 1. All methods here are score intervals:
 * unlike a bootstrap or DeLong's variance, they do not shrink to a point when a few pictures show
 * no error.
 *
 * @param low lower limit
 * @param high upper limit
 */
public record Interval(double low, double high) {

  /** Two-sided 95 % of a normal distribution. */
  private static final double Z = 1.959963984540054;

  /** The whole range, where there is no observation. */
  public static final Interval UNKNOWN = new Interval(0, 1);

  /**
   * Wilson's score interval of a binomial share (E. B. Wilson, JASA 22, 1927; recommended by Brown,
   * Cai and DasGupta, Statistical Science 16, 2001).
   *
   * @param successes 0 to {@code trials}
   */
  public static Interval ofShare(int successes, int trials) {
    if (trials == 0) {
      return UNKNOWN;
    }
    double n = trials;
    double p = successes / n;
    double centre = p + Z * Z / (2 * n);
    double half = Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
    double scale = 1 + Z * Z / n;
    return new Interval(
        successes == 0 ? 0 : (centre - half) / scale,
        successes == trials ? 1 : (centre + half) / scale);
  }

  /**
   * The interval of F1 = 2 s ÷ (1 + s), which depends on s = tp ÷ (tp + fp + fn) alone: Wilson's
   * interval of s, mapped (Hand, Christen and Kirielle, Machine Learning 110, 2021, on F* = s).
   */
  public static Interval ofF1(int truePositives, int falsePositives, int falseNegatives) {
    Interval share = ofShare(truePositives, truePositives + falsePositives + falseNegatives);
    DoubleUnaryOperator f1 = s -> 2 * s / (1 + s);
    return new Interval(f1.applyAsDouble(share.low), f1.applyAsDouble(share.high));
  }

  /**
   * The interval of the area under the ROC curve: Newcombe's method 5 (Statistics in Medicine 25,
   * 2006, part 2), a score interval with the variance of Hanley and McNeil (Radiology 143, 1982)
   * symmetric in both class sizes: var(A) = A (1 − A) (1 + N ((1 − A) ÷ (2 − A) + A ÷ (1 + A))) ÷
   * (m n), N = (m + n) ÷ 2 − 1.
   *
   * @param area the measured area, A
   * @param anomalous number of anomalous pictures, m
   * @param good number of good pictures, n
   */
  public static Interval ofRocAuc(double area, int anomalous, int good) {
    if (anomalous == 0 || good == 0) {
      return UNKNOWN;
    }
    double pairs = (double) anomalous * good;
    double n = (anomalous + good) / 2.0 - 1;
    DoubleUnaryOperator deviation =
        a -> Z * Math.sqrt(a * (1 - a) * (1 + n * ((1 - a) / (2 - a) + a / (1 + a))) / pairs);
    // Below the area the limit is where area − a = deviation(a), above it where a − area is.
    double low = root(a -> area - a - deviation.applyAsDouble(a), 0, area);
    double high = root(a -> area - a + deviation.applyAsDouble(a), area, 1);
    return new Interval(low, high);
  }

  /** Where a function that is at least 0 at {@code from} and at most 0 at {@code to} crosses 0. */
  private static double root(DoubleUnaryOperator f, double from, double to) {
    double low = from;
    double high = to;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (f.applyAsDouble(middle) > 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }
}

package io.relook.learning.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Computes {@link Evaluation}s. Pure. */
public final class Evaluator {

  private Evaluator() {}

  /**
   * Compares scores with labels; a score at or above the threshold is an alarm.
   *
   * @throws IllegalArgumentException if a score is not a number
   */
  public static Evaluation evaluate(List<ImageScore> scores, double threshold) {
    int tp = 0;
    int fp = 0;
    int tn = 0;
    int fn = 0;
    for (ImageScore score : scores) {
      if (Double.isNaN(score.score())) {
        throw new IllegalArgumentException(
            "The score of %s is not a number.".formatted(score.id()));
      }
      boolean alarm = score.score() >= threshold;
      if (score.anomalous()) {
        if (alarm) {
          tp++;
        } else {
          fn++;
        }
      } else if (alarm) {
        fp++;
      } else {
        tn++;
      }
    }
    List<ImageScore> falling =
        scores.stream().sorted(Comparator.comparingDouble(ImageScore::score).reversed()).toList();
    return new Evaluation(rocAuc(falling), averagePrecision(falling), tp, fp, tn, fn);
  }

  /**
   * The effect of every score as a threshold, the highest first: the precision–recall curve.
   *
   * @param goodWeight weight of one good picture, where anomalous ones have 1; evaluates another
   *     class balance than that of the scores
   */
  public static List<OperatingPoint> operatingPoints(List<ImageScore> scores, double goodWeight) {
    List<ImageScore> falling =
        scores.stream().sorted(Comparator.comparingDouble(ImageScore::score).reversed()).toList();
    long anomalous = anomalies(falling, 0, falling.size());
    List<OperatingPoint> points = new ArrayList<>();
    double tp = 0;
    double fp = 0;
    for (int from = 0, to; from < falling.size(); from = to) {
      to = endOfTie(falling, from);
      long found = anomalies(falling, from, to);
      tp += found;
      fp += goodWeight * (to - from - found);
      points.add(
          new OperatingPoint(
              falling.get(from).score(),
              tp,
              fp,
              ratio(tp, tp + fp),
              ratio(tp, anomalous),
              ratio(2 * tp, tp + fp + anomalous)));
    }
    return points;
  }

  /** Mann–Whitney statistic over all pairs of an anomalous and a good picture. */
  private static double rocAuc(List<ImageScore> falling) {
    double wins = 0;
    long anomaliesAbove = 0;
    long good = 0;
    for (int from = 0, to; from < falling.size(); from = to) {
      to = endOfTie(falling, from);
      long anomalous = anomalies(falling, from, to);
      long tiedGood = to - from - anomalous;
      wins += tiedGood * (anomaliesAbove + anomalous / 2.0);
      anomaliesAbove += anomalous;
      good += tiedGood;
    }
    return ratio(wins, (double) anomaliesAbove * good);
  }

  /** Σ (Rₙ − Rₙ₋₁) Pₙ over distinct scores, without interpolation. */
  private static double averagePrecision(List<ImageScore> falling) {
    long total = anomalies(falling, 0, falling.size());
    double sum = 0;
    long found = 0;
    for (int from = 0, to; from < falling.size(); from = to) {
      to = endOfTie(falling, from);
      long anomalous = anomalies(falling, from, to);
      found += anomalous;
      sum += anomalous * ((double) found / to);
    }
    return ratio(sum, total);
  }

  private static int endOfTie(List<ImageScore> falling, int from) {
    int to = from + 1;
    while (to < falling.size() && falling.get(to).score() == falling.get(from).score()) {
      to++;
    }
    return to;
  }

  private static long anomalies(List<ImageScore> scores, int from, int to) {
    return scores.subList(from, to).stream().filter(ImageScore::anomalous).count();
  }

  static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}

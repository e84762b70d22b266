package io.relook.learning.decision;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds pictures labelled good that look anomalous and so may carry a wrong label. Pure.
 *
 * <p>An extreme outlier inflates the standard deviation by which scores are measured, and thereby
 * hides smaller outliers. So outliers are removed, the remaining pictures are standardised again,
 * and this repeats until none is left: iterated outlier rejection (Barnett and Lewis, "Outliers in
 * Statistical Data", 1994, §6). At most a tenth of the pictures is removed. Removing a picture that
 * is good costs little, so {@link Thresholds#INLIER_FENCE} is low. Reporting one asks a person to
 * look at it, so {@link Thresholds#SUSPECT_FENCE} is higher.
 *
 * <p>Thresholds that follow from good pictures alone are chosen on the inliers: a mislabelled
 * picture among the highest scores would lift them above most defects.
 *
 * @param inliers indices of the pictures that were not removed, rising
 * @param suspects indices of pictures with a suspected label, the most anomalous first
 */
public record LabelNoiseFilter(List<Integer> inliers, List<Integer> suspects) {

  /** At most one picture in so many is removed, or suspected by {@link #confident}. */
  private static final int AT_MOST_ONE_IN = 10;

  /**
   * Good pictures that look at least as anomalous as anomalous ones do on average, by a stack that
   * was fitted to both: confident learning (Northcutt, Jiang and Chuang, "Confident Learning:
   * Estimating Uncertainty in Dataset Labels", 2021, §3.1). At most a tenth of them.
   *
   * @param good out-of-fold log-odds that the picture is anomalous, of each good picture
   * @param anomalous the same of each anomalous picture; at least one
   * @return indices of good pictures, the most anomalous first
   */
  public static List<Integer> confident(List<Double> good, List<Double> anomalous) {
    double average =
        anomalous.stream().mapToDouble(LabelNoiseFilter::probability).average().orElseThrow();
    return IntStream.range(0, good.size())
        .boxed()
        .filter(i -> probability(good.get(i)) >= average)
        .sorted(Comparator.comparing(good::get, Comparator.reverseOrder()))
        .limit(good.size() / AT_MOST_ONE_IN)
        .toList();
  }

  private static double probability(double logOdds) {
    return 1 / (1 + Math.exp(-logOdds));
  }

  /**
   * Filters by unsupervised scores, without anomalous pictures.
   *
   * @param columns indices of the unsupervised scores
   * @param unsupervised of every column, whether it is one of them
   * @param good out-of-fold statistics, [columns] each; at least one
   * @param relativeScale as of {@link Stack#mean}
   */
  public static LabelNoiseFilter of(
      int[] columns, boolean[] unsupervised, List<double[]> good, double relativeScale) {
    List<Integer> inliers = IntStream.range(0, good.size()).boxed().toList();
    int allowed = good.size() / AT_MOST_ONE_IN;
    while (true) {
      Stack maximum =
          Stack.mean(columns, unsupervised, inliers.stream().map(good::get).toList(), relativeScale)
              .asMaximum();
      List<Double> scores = good.stream().map(maximum::score).toList();
      List<Double> inlierScores = inliers.stream().map(scores::get).toList();
      List<Integer> outliers =
          above(Thresholds.upperFence(inlierScores, Thresholds.INLIER_FENCE), scores).stream()
              .filter(inliers::contains)
              .limit(allowed)
              .toList();
      if (outliers.isEmpty()) {
        return new LabelNoiseFilter(
            inliers, above(Thresholds.upperFence(inlierScores, Thresholds.SUSPECT_FENCE), scores));
      }
      allowed -= outliers.size();
      inliers = inliers.stream().filter(i -> !outliers.contains(i)).toList();
    }
  }

  /** Indices of the scores above a fence, the highest first. */
  private static List<Integer> above(double fence, List<Double> scores) {
    return IntStream.range(0, scores.size())
        .boxed()
        .filter(i -> scores.get(i) > fence)
        .sorted(Comparator.comparing(scores::get, Comparator.reverseOrder()))
        .toList();
  }
}

package io.relook.learning.decision;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tells good pictures apart that look anomalous among the good, and so may be mislabelled. Pure.
 *
 * <p>What is far out widens the scale that it is measured on, and hides behind it. So the worst is
 * set aside, the rest is standardised anew, and so on: iterated rejection of outliers (Barnett and
 * Lewis, "Outliers in Statistical Data", 1994, §6). No more than a tenth is set aside. Setting one
 * aside that is good costs little, so the nearer of two fences is enough for it; a person is asked
 * to look at what lies beyond the farther one.
 *
 * <p>Credible pictures choose thresholds that follow from good pictures alone: a mislabelled one
 * among the highest scores would lift them above most defects.
 *
 * @param credible indices of pictures that were not set aside, rising
 * @param suspects indices of pictures far out among credible ones, the farthest first
 */
public record LabelNoiseFilter(List<Integer> credible, List<Integer> suspects) {

  private static final int MOST_IS_A = 10;

  /**
   * Good pictures that look at least as anomalous as anomalous ones do on average, by a stack that
   * learned from both: confident learning (Northcutt, Jiang and Chuang, "Confident Learning:
   * Estimating Uncertainty in Dataset Labels", 2021, §3.1). No more than a tenth.
   *
   * @param good out-of-fold log-odds that the picture is anomalous, of each good picture
   * @param anomalous the same of anomalous ones; at least one
   * @return indices of good pictures, the most anomalous first
   */
  public static List<Integer> confident(List<Double> good, List<Double> anomalous) {
    double average =
        anomalous.stream().mapToDouble(LabelNoiseFilter::probability).average().orElseThrow();
    return IntStream.range(0, good.size())
        .boxed()
        .filter(i -> probability(good.get(i)) >= average)
        .sorted(Comparator.comparing(good::get, Comparator.reverseOrder()))
        .limit(good.size() / MOST_IS_A)
        .toList();
  }

  private static double probability(double logOdds) {
    return 1 / (1 + Math.exp(-logOdds));
  }

  /**
   * @param columns novelty statistics, as indices
   * @param good statistics out of fold, [columns] each; at least one
   */
  public static LabelNoiseFilter of(
      int[] columns, boolean[] novelty, List<double[]> good, double relativeScale) {
    List<Integer> credible = IntStream.range(0, good.size()).boxed().toList();
    int allowed = good.size() / MOST_IS_A;
    while (true) {
      Stack worst =
          Stack.mean(columns, novelty, credible.stream().map(good::get).toList(), relativeScale)
              .asWorst();
      List<Double> scores = good.stream().map(worst::score).toList();
      List<Double> kept = credible.stream().map(scores::get).toList();
      List<Integer> out =
          beyond(Thresholds.fence(kept, Thresholds.DOUBTFUL), scores).stream()
              .filter(credible::contains)
              .limit(allowed)
              .toList();
      if (out.isEmpty()) {
        return new LabelNoiseFilter(
            credible, beyond(Thresholds.fence(kept, Thresholds.FAR_OUT), scores));
      }
      allowed -= out.size();
      credible = credible.stream().filter(i -> !out.contains(i)).toList();
    }
  }

  /** Indices of the scores above a fence, the highest first. */
  private static List<Integer> beyond(double fence, List<Double> scores) {
    return IntStream.range(0, scores.size())
        .boxed()
        .filter(i -> scores.get(i) > fence)
        .sorted(Comparator.comparing(scores::get, Comparator.reverseOrder()))
        .toList();
  }
}

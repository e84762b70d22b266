package io.relook.learning.evaluation;

/**
 * How well scores and decisions agree with labels; anomaly is the positive class. Where a number
 * would divide by zero it is 0 (precision without alarms, recall without anomalies, the areas
 * without both classes), so that a model that says nothing is never rewarded.
 *
 * @param rocAuc probability that an anomalous picture scores above a good one, ties counting half
 * @param averagePrecision precision averaged over the recall steps, equal scores being one step
 * @param precision right alarms ÷ alarms
 * @param recall right alarms ÷ anomalies
 * @param f1 harmonic mean of precision and recall
 * @param truePositives anomalies at or above the threshold
 * @param falsePositives good pictures at or above the threshold
 * @param trueNegatives good pictures below it
 * @param falseNegatives anomalies below it
 */
public record Evaluation(
    double rocAuc,
    double averagePrecision,
    double precision,
    double recall,
    double f1,
    int truePositives,
    int falsePositives,
    int trueNegatives,
    int falseNegatives) {

  public int anomalous() {
    return truePositives + falseNegatives;
  }

  public int good() {
    return trueNegatives + falsePositives;
  }
}

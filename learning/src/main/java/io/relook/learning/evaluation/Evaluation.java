package io.relook.learning.evaluation;

/**
 * How well scores and decisions agree with labels; anomaly is the positive class. Where a number
 * would divide by zero it is 0: precision without alarms, recall without anomalies, areas without
 * both classes. So a model that raises no alarm is never rewarded.
 *
 * @param rocAuc probability that an anomalous picture scores above a good one, ties counting half
 * @param averagePrecision precision averaged over the recall steps, equal scores being one step
 * @param truePositives anomalies at or above the threshold
 * @param falsePositives good pictures at or above the threshold
 * @param trueNegatives good pictures below it
 * @param falseNegatives anomalies below it
 */
public record Evaluation(
    double rocAuc,
    double averagePrecision,
    int truePositives,
    int falsePositives,
    int trueNegatives,
    int falseNegatives) {

  /** Right alarms ÷ alarms. */
  public double precision() {
    return Evaluator.ratio(truePositives, truePositives + falsePositives);
  }

  /** Right alarms ÷ anomalies. */
  public double recall() {
    return Evaluator.ratio(truePositives, truePositives + falseNegatives);
  }

  /** Harmonic mean of precision and recall. */
  public double f1() {
    return Evaluator.ratio(
        2.0 * truePositives, 2.0 * truePositives + falsePositives + falseNegatives);
  }

  public int anomalous() {
    return truePositives + falseNegatives;
  }

  public int good() {
    return trueNegatives + falsePositives;
  }
}

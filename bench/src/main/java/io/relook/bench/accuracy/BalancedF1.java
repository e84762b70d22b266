package io.relook.bench.accuracy;

import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.evaluation.OperatingPoint;
import java.util.List;

/**
 * F1 at a class balance that the test pictures need not have: good pictures are weighted. Pure.
 *
 * @param f1 at the model's own threshold
 * @param best the best that any threshold reaches
 */
record BalancedF1(double f1, double best) {

  /**
   * Weights the good pictures of these scores.
   *
   * @param scores of at least one picture of each class
   * @param goodPerAnomaly good pictures for one anomalous in the balance that is asked for
   */
  static BalancedF1 of(List<ImageScore> scores, double threshold, double goodPerAnomaly) {
    long anomalous = scores.stream().filter(ImageScore::anomalous).count();
    double weight = goodPerAnomaly * anomalous / (scores.size() - anomalous);
    List<OperatingPoint> points = Evaluator.operatingPoints(scores, weight);
    // Points fall: the last one at or above the threshold has all its alarms.
    double own = 0;
    double best = 0;
    for (OperatingPoint point : points) {
      own = point.threshold() >= threshold ? point.f1() : own;
      best = Math.max(best, point.f1());
    }
    return new BalancedF1(own, best);
  }
}

package io.relook.learning.training;

import java.util.List;

/** How a threshold is chosen, by what the training pictures support. */
public enum ThresholdRegime {
  /** Best F1 of the out-of-fold scores of good and anomalous training pictures. */
  BEST_F1 {
    @Override
    double threshold(List<Double> good, List<Double> anomalous) {
      return Thresholds.bestF1(good, anomalous);
    }
  },
  /** Just above the highest out-of-fold score of the good training pictures. */
  HIGHEST_GOOD {
    @Override
    double threshold(List<Double> good, List<Double> anomalous) {
      return Thresholds.highestGood(good);
    }
  },
  /**
   * One good picture, or copies of one: twice its own score. A guess until there are more pictures.
   */
  SINGLE_PICTURE {
    @Override
    double threshold(List<Double> good, List<Double> anomalous) {
      return 2 * Thresholds.quantile(good, 1);
    }
  };

  /** Identical pictures score nothing: then whatever is visibly different is anomalous. */
  private static final double FLOOR = 1e-3;

  abstract double threshold(List<Double> good, List<Double> anomalous);

  /**
   * Raw threshold and unit from raw scores of training pictures, out of fold where there are folds.
   */
  Calibration calibrate(List<Double> good, List<Double> anomalous) {
    double threshold = Math.max(threshold(good, anomalous), FLOOR);
    double typical = Thresholds.quantile(good, 0.5);
    double unit = Math.max(threshold - typical, 0.05 * threshold);
    return new Calibration((float) threshold, (float) unit);
  }
}

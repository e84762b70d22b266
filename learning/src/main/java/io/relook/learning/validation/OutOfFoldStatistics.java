package io.relook.learning.validation;

import java.util.ArrayList;
import java.util.List;

/**
 * Statistics of training pictures, each by detectors that were fitted without the picture.
 *
 * @param good [columns] of each good picture that was scored
 * @param goodFolds their folds
 * @param anomalous [columns] of each anomalous picture
 * @param anomalousFolds their folds
 */
public record OutOfFoldStatistics(
    List<double[]> good,
    List<Integer> goodFolds,
    List<double[]> anomalous,
    List<Integer> anomalousFolds) {

  /** Values up to this are noise around 0 and tell nothing about their growth. */
  private static final double NEGLIGIBLE = 1e-3;

  /** Bound of the logarithmic growth by which statistics are corrected. */
  private static final double MAX_GROWTH = 0.2;

  /**
   * The statistics of good pictures without their upward bias.
   *
   * <p>Detectors of a fold are fitted to fewer pictures than the shipped ones, so good pictures
   * look more anomalous to them. The growth from leaving out one fold to leaving out two is
   * measured per column, and extrapolated to leaving out none as a power of the number of pictures,
   * which is how nearest-neighbour distances fall.
   *
   * @param withoutTwo statistics of the same good pictures by detectors fitted without two folds;
   *     columns of supervised detectors are missing at the end
   */
  OutOfFoldStatistics corrected(List<double[]> withoutTwo, int folds) {
    double[] factors = factors(good, withoutTwo, folds);
    List<double[]> corrected = new ArrayList<>();
    for (double[] row : good) {
      double[] copy = row.clone();
      for (int c = 0; c < copy.length; c++) {
        copy[c] *= factors[c];
      }
      corrected.add(copy);
    }
    return new OutOfFoldStatistics(corrected, goodFolds, anomalous, anomalousFolds);
  }

  private static double[] factors(List<double[]> withoutOne, List<double[]> withoutTwo, int folds) {
    double exponent =
        Math.log((double) folds / (folds - 1)) / Math.log((folds - 1) / (folds - 2.0));
    int columns = withoutOne.get(0).length;
    double[] factors = new double[columns];
    for (int c = 0; c < columns; c++) {
      double sum = 0;
      int count = 0;
      for (int i = 0; i < withoutOne.size(); i++) {
        double one = withoutOne.get(i)[c];
        double two = c < withoutTwo.get(i).length ? withoutTwo.get(i)[c] : one;
        if (one > NEGLIGIBLE && two > NEGLIGIBLE) {
          sum += Math.log(two / one);
          count++;
        }
      }
      double growth = count == 0 ? 0 : Math.max(0, Math.min(MAX_GROWTH, sum / count));
      factors[c] = Math.exp(-exponent * growth);
    }
    return factors;
  }
}

package io.relook.learning.validation;

import java.util.ArrayList;
import java.util.List;

/**
 * Statistics of training pictures by heads that had not seen them.
 *
 * @param good [columns] of each good picture that was scored
 * @param goodFolds their folds
 * @param anomalous [columns] of each anomalous picture
 * @param anomalousFolds their folds
 */
public record OutOfFold(
    List<double[]> good,
    List<Integer> goodFolds,
    List<double[]> anomalous,
    List<Integer> anomalousFolds) {

  /**
   * Heads of a fold have seen fewer pictures than the shipped ones, so good pictures look stranger
   * to them. How much a statistic falls with more pictures is read off heads that have seen one
   * fold less still, and extrapolated as a power of the number of pictures: nearest-neighbour
   * distances fall so.
   *
   * @param fewer statistics of the same good pictures by heads that lack two of the folds
   */
  public OutOfFold corrected(List<double[]> fewer, int folds) {
    double[] factors = factors(good, fewer, folds);
    List<double[]> corrected = new ArrayList<>();
    for (double[] row : good) {
      double[] copy = row.clone();
      for (int c = 0; c < copy.length; c++) {
        copy[c] *= factors[c];
      }
      corrected.add(copy);
    }
    return new OutOfFold(corrected, goodFolds, anomalous, anomalousFolds);
  }

  private static double[] factors(List<double[]> less, List<double[]> least, int folds) {
    double exponent =
        Math.log((double) folds / (folds - 1)) / Math.log((folds - 1) / (folds - 2.0));
    int columns = less.get(0).length;
    double[] factors = new double[columns];
    for (int c = 0; c < columns; c++) {
      double sum = 0;
      int count = 0;
      for (int i = 0; i < less.size(); i++) {
        double one = less.get(i)[c];
        double two = c < least.get(i).length ? least.get(i)[c] : one;
        if (one > 1e-3 && two > 1e-3) {
          sum += Math.log(two / one);
          count++;
        }
      }
      double growth = count == 0 ? 0 : Math.max(0, Math.min(0.2, sum / count));
      factors[c] = Math.exp(-exponent * growth);
    }
    return factors;
  }
}

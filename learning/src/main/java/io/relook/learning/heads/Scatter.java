package io.relook.learning.heads;

import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.chol.CholeskyDecompositionInner_DDRM;
import org.ejml.dense.row.decomposition.eig.SymmetricQRAlgorithmDecomposition_DDRM;
import org.ejml.dense.row.decomposition.hessenberg.TridiagonalDecompositionHouseholder_DDRM;

/**
 * Sums of vectors: enough for their mean and covariance, and additive, so that sets of vectors can
 * be joined and parted without seeing the vectors again (Chan, Golub and LeVeque 1979, which keeps
 * the large means from cancelling).
 *
 * @param count number of vectors, n
 * @param mean [d]
 * @param products Σ (x − mean)(x − mean)ᵀ, [d, d] row by row
 */
@SuppressWarnings("ArrayRecordComponent") // thousands of values; sums are not compared
public record Scatter(long count, double[] mean, double[] products) {

  int length() {
    return mean.length;
  }

  static Scatter joined(List<Scatter> parts) {
    int d = parts.get(0).length();
    long count = 0;
    double[] mean = new double[d];
    for (Scatter part : parts) {
      count += part.count;
      for (int i = 0; i < d; i++) {
        mean[i] += part.count * part.mean[i];
      }
    }
    for (int i = 0; i < d; i++) {
      mean[i] /= Math.max(1, count);
    }
    double[] products = new double[d * d];
    for (Scatter part : parts) {
      addShifted(products, part, mean, 1);
    }
    return new Scatter(count, mean, products);
  }

  /** What is left when a part of these vectors is taken away again. */
  Scatter without(Scatter part) {
    long rest = count - part.count;
    if (rest < 1) {
      throw new IllegalArgumentException("Nothing would be left of %d vectors.".formatted(count));
    }
    int d = length();
    double[] restMean = new double[d];
    for (int i = 0; i < d; i++) {
      restMean[i] = (count * mean[i] - part.count * part.mean[i]) / rest;
    }
    double[] rests = new double[d * d];
    addShifted(rests, this, restMean, 1);
    addShifted(rests, part, restMean, -1);
    return new Scatter(rest, restMean, rests);
  }

  private static void addShifted(double[] sums, Scatter part, double[] about, int sign) {
    int d = about.length;
    for (int i = 0; i < d; i++) {
      double di = sign * part.count * (part.mean[i] - about[i]);
      for (int j = 0; j < d; j++) {
        sums[i * d + j] += sign * part.products[i * d + j] + di * (part.mean[j] - about[j]);
      }
    }
  }

  /** Covariance plus {@code share} of its mean eigenvalue on the diagonal; never singular. */
  DMatrixRMaj covariance(double share) {
    int d = length();
    DMatrixRMaj covariance = new DMatrixRMaj(d, d);
    double trace = 0;
    for (int i = 0; i < d * d; i++) {
      covariance.data[i] = products[i] / Math.max(1, count);
    }
    for (int i = 0; i < d; i++) {
      trace += covariance.get(i, i);
    }
    double floor = share * trace / d + TINY;
    for (int i = 0; i < d; i++) {
      covariance.add(i, i, floor);
    }
    return covariance;
  }

  /** Keeps constant vectors from a division by zero; features are of the order of one. */
  static final double TINY = 1e-4;

  /**
   * The matrix A, [d, d], for which |(x − y) A|² is the Mahalanobis distance of x and y: the
   * transposed inverse of the Cholesky factor of the covariance.
   */
  static DMatrixRMaj whitening(DMatrixRMaj covariance) {
    int d = covariance.numRows;
    CholeskyDecompositionInner_DDRM cholesky = new CholeskyDecompositionInner_DDRM(true);
    if (!cholesky.decompose(covariance.copy())) {
      throw new IllegalArgumentException("The covariance is not positive definite.");
    }
    DMatrixRMaj factor = cholesky.getT(null);
    // Column by column L·y = e_j; the inverse of a lower triangle is one.
    DMatrixRMaj inverse = new DMatrixRMaj(d, d);
    for (int j = 0; j < d; j++) {
      for (int i = j; i < d; i++) {
        double sum = i == j ? 1 : 0;
        for (int k = j; k < i; k++) {
          sum -= factor.data[i * d + k] * inverse.data[j * d + k];
        }
        // Stored transposed: the answer wanted is the transpose, and rows are read in order.
        inverse.data[j * d + i] = sum / factor.data[i * d + i];
      }
    }
    return inverse;
  }

  /** Eigenvectors by falling eigenvalue. */
  Eigen eigen() {
    int d = length();
    var decomposition =
        new SymmetricQRAlgorithmDecomposition_DDRM(
            new TridiagonalDecompositionHouseholder_DDRM(), true);
    if (!decomposition.decompose(covariance(0))) {
      throw new IllegalStateException("The eigenvalues of a covariance did not converge.");
    }
    Integer[] order = new Integer[d];
    for (int i = 0; i < d; i++) {
      order[i] = i;
    }
    Arrays.sort(
        order,
        (a, b) ->
            Double.compare(
                decomposition.getEigenvalue(b).getReal(),
                decomposition.getEigenvalue(a).getReal()));
    double[] values = new double[d];
    double[][] vectors = new double[d][];
    for (int i = 0; i < d; i++) {
      values[i] = decomposition.getEigenvalue(order[i]).getReal();
      vectors[i] = decomposition.getEigenVector(order[i]).data.clone();
    }
    return new Eigen(values, vectors);
  }

  /**
   * @param values falling
   * @param vectors of length one, in the order of the values
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  record Eigen(double[] values, double[][] vectors) {}
}

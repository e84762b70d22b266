package io.relook.learning.linalg;

import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.chol.CholeskyDecompositionInner_DDRM;
import org.ejml.dense.row.decomposition.eig.SymmetricQRAlgorithmDecomposition_DDRM;
import org.ejml.dense.row.decomposition.hessenberg.TridiagonalDecompositionHouseholder_DDRM;

/**
 * Sums of vectors: enough for their mean and covariance. They are kept in fixed point, so adding
 * and taking away are exact, in any order: sums from which a picture was taken away are, bit for
 * bit, those of pictures among which it never was.
 *
 * @param count number of vectors, n
 * @param sums Σ x, [d], in units of 2⁻²⁸
 * @param products Σ x xᵀ, the upper triangle row by row, [d (d + 1) / 2], in units of 2⁻²⁰; empty
 *     where no covariance is wanted
 */
@SuppressWarnings("ArrayRecordComponent") // thousands of values; sums are not compared
public record ScatterMatrix(long count, long[] sums, long[] products) {

  /**
   * Resolution. A covariance of n vectors is off by at most its inverse over n; values of root mean
   * square 700 overflow at 16,000 pictures of 1,024 patches, which is an error and no wrong sum.
   */
  public static final double ONE = 1 << 20;

  /** That of Σ x: finer, because means of size m make m times their error one of the covariance. */
  private static final double ONE_OF_SUMS = 1 << 28;

  public int length() {
    return sums.length;
  }

  /**
   * Of vectors that were summed in floating point.
   *
   * @param mean [d]
   * @param centred Σ (x − mean)(x − mean)ᵀ, the upper triangle row by row, or empty
   */
  public static ScatterMatrix of(long count, float[] mean, float[] centred) {
    int d = mean.length;
    long[] sums = new long[d];
    long[] products = new long[centred.length];
    for (int i = 0; i < d; i++) {
      sums[i] = Math.round(ONE_OF_SUMS * count * mean[i]);
    }
    int at = 0;
    for (int i = 0; i < d && products.length > 0; i++) {
      double scaled = (double) count * mean[i];
      for (int j = i; j < d; j++, at++) {
        products[at] = Math.round(ONE * (centred[at] + scaled * mean[j]));
      }
    }
    return new ScatterMatrix(count, sums, products);
  }

  public static int packedLength(int d) {
    return d * (d + 1) / 2;
  }

  public static ScatterMatrix joined(List<ScatterMatrix> parts) {
    long count = 0;
    long[] sums = new long[parts.get(0).sums.length];
    long[] products = new long[parts.get(0).products.length];
    for (ScatterMatrix part : parts) {
      count += part.count;
      add(sums, part.sums, 1);
      add(products, part.products, 1);
    }
    return new ScatterMatrix(count, sums, products);
  }

  /** What is left when a part of these vectors is taken away again. */
  public ScatterMatrix without(ScatterMatrix part) {
    if (count < part.count) {
      throw new IllegalArgumentException(
          "%d vectors cannot be taken from %d.".formatted(part.count, count));
    }
    long[] restSums = sums.clone();
    long[] restProducts = products.clone();
    add(restSums, part.sums, -1);
    add(restProducts, part.products, -1);
    return new ScatterMatrix(count - part.count, restSums, restProducts);
  }

  public static void add(long[] sums, long[] part, int sign) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = Math.addExact(sums[i], sign * part[i]);
    }
  }

  public double[] mean() {
    double[] mean = new double[sums.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = sums[i] / (ONE_OF_SUMS * Math.max(1, count));
    }
    return mean;
  }

  /** Σ (x − mean)(x − mean)ᵀ, [d, d] row by row. */
  public double[] centred() {
    int d = length();
    double[] mean = mean();
    double[] centred = new double[d * d];
    int at = 0;
    for (int i = 0; i < d; i++) {
      for (int j = i; j < d; j++, at++) {
        double value = products[at] / ONE - count * mean[i] * mean[j];
        centred[i * d + j] = value;
        centred[j * d + i] = value;
      }
    }
    return centred;
  }

  /** Covariance plus {@code share} of its mean eigenvalue on the diagonal; never singular. */
  public DMatrixRMaj covariance(double share) {
    int d = length();
    DMatrixRMaj covariance = DMatrixRMaj.wrap(d, d, centred());
    double trace = 0;
    for (int i = 0; i < d * d; i++) {
      covariance.data[i] /= Math.max(1, count);
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
  public static final double TINY = 1e-4;

  /**
   * The matrix A, [d, d], for which |(x − y) A| is the Mahalanobis distance of x and y: the
   * transposed inverse of the Cholesky factor of the covariance.
   */
  public static DMatrixRMaj whitening(DMatrixRMaj covariance) {
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
  public Eigen eigen() {
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
  public record Eigen(double[] values, double[][] vectors) {}
}

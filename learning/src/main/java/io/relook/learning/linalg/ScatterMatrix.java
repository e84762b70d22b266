package io.relook.learning.linalg;

import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.chol.CholeskyDecompositionInner_DDRM;
import org.ejml.dense.row.decomposition.eig.SymmetricQRAlgorithmDecomposition_DDRM;
import org.ejml.dense.row.decomposition.hessenberg.TridiagonalDecompositionHouseholder_DDRM;

/**
 * Sums of vectors: enough for their mean and covariance. They are kept in fixed point, so adding
 * and subtracting are exact in any order. Sums from which a picture was subtracted equal, bit for
 * bit, the sums of the other pictures.
 *
 * @param count number of vectors, n
 * @param sums Σ x, [d], in units of 2⁻²⁸
 * @param products Σ x xᵀ, the upper triangle row by row, [d (d + 1) / 2], in units of 2⁻²⁰; empty
 *     where no covariance is needed
 */
@SuppressWarnings("ArrayRecordComponent") // thousands of values; sums are not compared
public record ScatterMatrix(long count, long[] sums, long[] products) {

  /**
   * Resolution of products. A covariance of n vectors has an error of at most 2⁻²⁰ / n. Values with
   * a root mean square of 700 overflow at 16,000 pictures of 1,024 patches; this is detected and
   * throws.
   */
  public static final double ONE = 1 << 20;

  /**
   * Resolution of Σ x: finer, because a mean of size m multiplies its error by m in covariances.
   */
  private static final double ONE_OF_SUMS = 1 << 28;

  /** d, the length of the vectors. */
  public int length() {
    return sums.length;
  }

  /**
   * The sums of vectors whose mean and scatter were computed in floating point.
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

  /** Values of the upper triangle of a [d, d] matrix. */
  public static int packedLength(int d) {
    return d * (d + 1) / 2;
  }

  /** The sums of all vectors of the parts. */
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

  /** The sums of these vectors without a part of them. */
  public ScatterMatrix without(ScatterMatrix part) {
    if (count < part.count) {
      throw new IllegalArgumentException(
          "The sums of %d vectors cannot be subtracted from those of %d."
              .formatted(part.count, count));
    }
    long[] restSums = sums.clone();
    long[] restProducts = products.clone();
    add(restSums, part.sums, -1);
    add(restProducts, part.products, -1);
    return new ScatterMatrix(count - part.count, restSums, restProducts);
  }

  /**
   * Adds to sums in place.
   *
   * @param sign 1, or -1 to subtract
   * @throws ArithmeticException on overflow
   */
  public static void add(long[] sums, long[] part, int sign) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = Math.addExact(sums[i], sign * part[i]);
    }
  }

  /** [d] */
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

  /** The covariance plus {@code share} of its mean eigenvalue on the diagonal; never singular. */
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

  /** Avoids a division by zero for constant vectors; features are of the order of 1. */
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
    // Solves L·y = e_j column by column; the inverse of a lower triangle is a lower triangle.
    DMatrixRMaj inverse = new DMatrixRMaj(d, d);
    for (int j = 0; j < d; j++) {
      for (int i = j; i < d; i++) {
        double sum = i == j ? 1 : 0;
        for (int k = j; k < i; k++) {
          sum -= factor.data[i * d + k] * inverse.data[j * d + k];
        }
        // Stored transposed: the result is the transpose, and rows are then read in order.
        inverse.data[j * d + i] = sum / factor.data[i * d + i];
      }
    }
    return inverse;
  }

  /** Eigenvalues and eigenvectors of the covariance, by falling eigenvalue. */
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
   * An eigendecomposition.
   *
   * @param values falling, [d]
   * @param vectors of length 1, in the order of the values, [d, d]
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  public record Eigen(double[] values, double[][] vectors) {}
}

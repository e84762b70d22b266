package io.relook.learning.embedding;

import io.relook.learning.linalg.ScatterMatrix;
import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.mult.MatrixMatrixMult_DDRM;

/**
 * Patch vectors and the distance between them.
 *
 * @param name the public name of the memory bank in this space
 * @param patches how the vectors are made
 * @param whitened whether distances are Mahalanobis distances under the patches' own covariance,
 *     shrunk by a tenth of its mean eigenvalue; plain Euclidean ones otherwise
 */
public record PatchSpace(String name, PatchEmbedding patches, boolean whitened) {

  private static final double SHRINKAGE = 0.1;

  /** Length of projected vectors: enough to rank distances when thinning. */
  private static final int PROJECTED = 32;

  /** A constant of the method: the projection is the same in every training. */
  private static final long PROJECTION_SEED = 20_22;

  public int length() {
    return patches.length();
  }

  /**
   * The matrix that makes distances in this space Euclidean, [length, length]; empty if they are.
   */
  public double[] whitening(ScatterMatrix scatter) {
    return whitened ? ScatterMatrix.whitening(scatter.covariance(SHRINKAGE)).data : new double[0];
  }

  public int projectedLength() {
    return Math.min(PROJECTED, length());
  }

  /**
   * The matrix that maps rows to few values and roughly keeps distances: whitening, then random
   * signs (Achlioptas, "Database-friendly random projections", 2003). Rows that are short already
   * are only whitened.
   *
   * @return [length, projectedLength]
   */
  public float[] projection(ScatterMatrix scatter) {
    int d = length();
    int p = projectedLength();
    double[] signs = new double[d * p];
    if (p == d) {
      for (int i = 0; i < d; i++) {
        signs[i * d + i] = 1;
      }
    } else {
      SplittableRandom random = new SplittableRandom(PROJECTION_SEED);
      for (int i = 0; i < signs.length; i++) {
        signs[i] = random.nextBoolean() ? 1 : -1;
      }
    }
    if (!whitened) {
      return floats(signs);
    }
    DMatrixRMaj product = new DMatrixRMaj(d, p);
    MatrixMatrixMult_DDRM.mult_reorder(
        DMatrixRMaj.wrap(d, d, whitening(scatter)), DMatrixRMaj.wrap(d, p, signs), product);
    return floats(product.data);
  }

  public static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}

package io.relook.learning.statistics;

import io.relook.learning.linalg.ScatterMatrix;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * Covariance of few long vectors: Σ̂ = (1 − α) S + α (tr S / d) I. The shrinkage α minimises the
 * expected squared error (Ledoit and Wolf, "A well-conditioned estimator for large-dimensional
 * covariance matrices", 2004). Cost: d² operations, from sums.
 *
 * @param mean [d]
 * @param covariance Σ̂ with a small floor on its diagonal
 * @param shrinkage α
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
public record ShrunkCovariance(double[] mean, DMatrixRMaj covariance, double shrinkage) {

  /**
   * Estimates the covariance.
   *
   * @param groups vectors, each centred by its own group's mean; the first group's mean is kept
   */
  public static ShrunkCovariance of(List<PooledSums> groups) {
    int d = groups.get(0).scatter().length();
    long n = groups.stream().mapToLong(group -> group.scatter().count()).sum();
    DMatrixRMaj s = new DMatrixRMaj(d, d);
    double fourth = 0;
    for (PooledSums group : groups) {
      CommonOps_DDRM.addEquals(s, DMatrixRMaj.wrap(d, d, group.scatter().centred()));
      fourth += group.centredFourth();
    }
    CommonOps_DDRM.scale(1.0 / n, s);
    double trace = CommonOps_DDRM.trace(s);
    double scale = trace / d;
    double squares = 0;
    for (double value : s.data) {
      squares += value * value;
    }
    // β = Σ |x xᵀ − S|² / n², δ = |S − scale · I|², both divided by d in the paper.
    double beta = (fourth / n - squares) / n;
    double delta = squares - scale * scale * d;
    double alpha = delta <= 0 ? 1 : Math.max(0, Math.min(1, beta / delta));
    CommonOps_DDRM.scale(1 - alpha, s);
    for (int i = 0; i < d; i++) {
      s.add(i, i, alpha * scale + ScatterMatrix.TINY);
    }
    return new ShrunkCovariance(groups.get(0).scatter().mean(), s, alpha);
  }
}

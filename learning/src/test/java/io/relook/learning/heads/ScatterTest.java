package io.relook.learning.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

/** The algebra against plain loops. */
class ScatterTest {

  private static final int D = 6;

  @Test
  void partsJoinToTheWholeAndPartAgain() {
    for (int seed = 0; seed < 20; seed++) {
      List<double[]> first = vectors(7 + seed, seed);
      List<double[]> second = vectors(30, 100 + seed);
      List<double[]> both = new ArrayList<>(first);
      both.addAll(second);

      Scatter joined = Scatter.joined(List.of(sums(first), sums(second)));

      assertSame(joined, sums(both));
      assertSame(joined.without(sums(first)), sums(second));
    }
  }

  @Test
  void whiteningMakesMahalanobisDistancesEuclidean() {
    DMatrixRMaj covariance = sums(vectors(50, 3)).covariance(0.1);

    DMatrixRMaj a = Scatter.whitening(covariance);

    // Aᵀ Σ A is the identity.
    for (int i = 0; i < D; i++) {
      for (int j = 0; j < D; j++) {
        double sum = 0;
        for (int k = 0; k < D; k++) {
          for (int l = 0; l < D; l++) {
            sum += a.get(k, i) * covariance.get(k, l) * a.get(l, j);
          }
        }
        assertThat(sum).isCloseTo(i == j ? 1 : 0, within(1e-9));
      }
    }
  }

  @Test
  void eigenvectorsRebuildTheCovariance() {
    Scatter scatter = sums(vectors(40, 9));
    Scatter.Eigen eigen = scatter.eigen();
    for (int i = 0; i < D; i++) {
      for (int j = 0; j < D; j++) {
        double sum = 0;
        for (int k = 0; k < D; k++) {
          sum += eigen.values()[k] * eigen.vectors()[k][i] * eigen.vectors()[k][j];
        }
        assertThat(sum).isCloseTo(scatter.covariance(0).get(i, j), within(1e-9));
      }
    }
    assertThat(eigen.values()).isSortedAccordingTo((x, y) -> Double.compare(y, x));
  }

  @Test
  void shrinksAsLedoitAndWolfSay() {
    for (int n : new int[] {3, 8, 200}) {
      List<float[]> vectors = new ArrayList<>();
      for (double[] vector : vectors(n, n)) {
        vectors.add(PatchSpace.floats(vector));
      }
      double[] mean = ShrunkCovariance.mean(vectors);
      double[][] s = new double[D][D];
      for (float[] x : vectors) {
        for (int i = 0; i < D; i++) {
          for (int j = 0; j < D; j++) {
            s[i][j] += (x[i] - mean[i]) * (x[j] - mean[j]) / n;
          }
        }
      }
      double scale = 0;
      for (int i = 0; i < D; i++) {
        scale += s[i][i] / D;
      }
      double beta = 0;
      double delta = 0;
      for (int i = 0; i < D; i++) {
        for (int j = 0; j < D; j++) {
          delta += Math.pow(s[i][j] - (i == j ? scale : 0), 2);
          for (float[] x : vectors) {
            beta += Math.pow((x[i] - mean[i]) * (x[j] - mean[j]) - s[i][j], 2) / n / n;
          }
        }
      }
      double alpha = Math.min(1, beta / delta);

      ShrunkCovariance shrunk = ShrunkCovariance.of(List.of(vectors));

      assertThat(shrunk.shrinkage()).isCloseTo(alpha, within(1e-9));
      assertThat(shrunk.covariance().get(0, 1)).isCloseTo((1 - alpha) * s[0][1], within(1e-9));
    }
  }

  @Test
  void identicalVectorsGiveNoDivisionByZero() {
    List<float[]> same = List.of(new float[D], new float[D]);
    for (double value : Scatter.whitening(ShrunkCovariance.of(List.of(same)).covariance()).data) {
      assertThat(value).isFinite();
    }
  }

  private static List<double[]> vectors(int n, long seed) {
    Random random = new Random(seed);
    List<double[]> vectors = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double[] x = new double[D];
      for (int c = 0; c < D; c++) {
        x[c] = 100 + (c + 1) * random.nextGaussian() + (c > 0 ? 0.5 * x[c - 1] : 0);
      }
      vectors.add(x);
    }
    return vectors;
  }

  private static Scatter sums(List<double[]> vectors) {
    double[] mean = new double[D];
    double[] products = new double[D * D];
    for (double[] x : vectors) {
      for (int c = 0; c < D; c++) {
        mean[c] += x[c] / vectors.size();
      }
    }
    for (double[] x : vectors) {
      for (int i = 0; i < D; i++) {
        for (int j = 0; j < D; j++) {
          products[i * D + j] += (x[i] - mean[i]) * (x[j] - mean[j]);
        }
      }
    }
    return new Scatter(vectors.size(), mean, products);
  }

  private static void assertSame(Scatter actual, Scatter expected) {
    assertThat(actual.count()).isEqualTo(expected.count());
    assertThat(actual.mean()).containsExactly(expected.mean(), within(1e-9));
    assertThat(actual.products()).containsExactly(expected.products(), within(1e-6));
  }
}

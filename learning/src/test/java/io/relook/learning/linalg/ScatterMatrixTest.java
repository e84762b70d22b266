package io.relook.learning.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.statistics.PooledSums;
import io.relook.learning.statistics.ShrunkCovariance;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

/** The algebra against plain loops. */
class ScatterMatrixTest {

  private static final int D = 6;

  @Test
  void covarianceIsThatOfTheVectors() {
    List<double[]> vectors = vectors(40, 5);
    double[][] expected = new double[D][D];
    double[] mean = new double[D];
    for (double[] x : vectors) {
      for (int c = 0; c < D; c++) {
        mean[c] += x[c] / vectors.size();
      }
    }
    for (double[] x : vectors) {
      for (int i = 0; i < D; i++) {
        for (int j = 0; j < D; j++) {
          expected[i][j] += (x[i] - mean[i]) * (x[j] - mean[j]) / vectors.size();
        }
      }
    }

    ScatterMatrix sums = sums(vectors);

    assertThat(sums.mean()).containsExactly(mean, within(1e-4));
    for (int i = 0; i < D; i++) {
      for (int j = 0; j < D; j++) {
        double floor = i == j ? ScatterMatrix.TINY : 0;
        assertThat(sums.covariance(0).get(i, j)).isCloseTo(expected[i][j] + floor, within(1e-3));
      }
    }
  }

  @Test
  void whateverComesAndGoesLeavesTheSumsOfWhatIsThere() {
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      List<ScatterMatrix> patches = new ArrayList<>();
      List<PooledSums> pooled = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        patches.add(sums(vectors(20 + i, 100 * seed + i)));
        float[] vector = PatchSpace.floats(vectors(1, 100 * seed + i).get(0));
        pooled.add(PooledSums.of(vector));
      }
      Set<Integer> there = new TreeSet<>(Set.of(0));
      ScatterMatrix patchSums = patches.get(0);
      PooledSums pooledSums = pooled.get(0);
      for (int step = 0; step < 40; step++) {
        int picture = 1 + random.nextInt(11);
        if (there.add(picture)) {
          patchSums = ScatterMatrix.joined(List.of(patchSums, patches.get(picture)));
          pooledSums = PooledSums.joined(List.of(pooledSums, pooled.get(picture)));
        } else {
          there.remove(picture);
          patchSums = patchSums.without(patches.get(picture));
          pooledSums = pooledSums.without(pooled.get(picture));
        }
      }

      assertSame(patchSums, ScatterMatrix.joined(there.stream().map(patches::get).toList()));
      PooledSums fresh = PooledSums.joined(there.stream().map(pooled::get).toList());
      assertSame(pooledSums.scatter(), fresh.scatter());
      assertThat(pooledSums.thirds()).isEqualTo(fresh.thirds());
      assertThat(pooledSums.fourth()).isEqualTo(fresh.fourth());
    }
  }

  @Test
  void moreThanTheSumsHoldCannotBeSubtracted() {
    assertThatThrownBy(() -> sums(vectors(3, 1)).without(sums(vectors(4, 1))))
        .hasMessage("The sums of 4 vectors cannot be subtracted from those of 3.");
  }

  @Test
  void whiteningMakesMahalanobisDistancesEuclidean() {
    DMatrixRMaj covariance = sums(vectors(50, 3)).covariance(0.1);

    DMatrixRMaj a = ScatterMatrix.whitening(covariance);

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
    ScatterMatrix scatter = sums(vectors(40, 9));
    ScatterMatrix.Eigen eigen = scatter.eigen();
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
      PooledSums sums = PooledSums.joined(vectors.stream().map(PooledSums::of).toList());
      double[] mean = sums.scatter().mean();
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

      ShrunkCovariance shrunk = ShrunkCovariance.of(List.of(sums));

      // Means here are a hundred times the spread, which costs digits of the fourth moment.
      assertThat(shrunk.shrinkage()).isCloseTo(alpha, within(1e-3));
      assertThat(shrunk.covariance().get(0, 1)).isCloseTo((1 - alpha) * s[0][1], within(1e-2));
    }
  }

  @Test
  void identicalVectorsGiveNoDivisionByZero() {
    PooledSums same =
        PooledSums.joined(List.of(PooledSums.of(new float[D]), PooledSums.of(new float[D])));
    for (double value :
        ScatterMatrix.whitening(ShrunkCovariance.of(List.of(same)).covariance()).data) {
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

  private static ScatterMatrix sums(List<double[]> vectors) {
    float[] mean = new float[D];
    float[] products = new float[ScatterMatrix.packedLength(D)];
    for (double[] x : vectors) {
      for (int c = 0; c < D; c++) {
        mean[c] += (float) (x[c] / vectors.size());
      }
    }
    int at = 0;
    for (int i = 0; i < D; i++) {
      for (int j = i; j < D; j++, at++) {
        double sum = 0;
        for (double[] x : vectors) {
          sum += (x[i] - mean[i]) * (x[j] - mean[j]);
        }
        products[at] = (float) sum;
      }
    }
    return ScatterMatrix.of(vectors.size(), mean, products);
  }

  /** Bit for bit. */
  private static void assertSame(ScatterMatrix actual, ScatterMatrix expected) {
    assertThat(actual.count()).isEqualTo(expected.count());
    assertThat(actual.sums()).isEqualTo(expected.sums());
    assertThat(actual.products()).isEqualTo(expected.products());
  }
}

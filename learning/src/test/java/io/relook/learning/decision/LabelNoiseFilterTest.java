package io.relook.learning.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelNoiseFilterTest {
  private static final int[] COLUMNS = {0, 1};
  private static final boolean[] UNSUPERVISED = {true, true};

  private final Random random = new Random(5);

  @Test
  void findsOutliersMaskedByFartherOnes() {
    List<double[]> good = inliers(38);
    good.add(7, new double[] {1, 2.2});
    good.add(20, new double[] {1, 20});

    LabelNoiseFilter filter = filter(good);

    assertThat(filter.suspects()).as("the farthest first").startsWith(20, 7);
    assertThat(filter.inliers()).doesNotContain(7, 20).contains(0, 39);
    Stack once = Stack.mean(COLUMNS, UNSUPERVISED, good, 0).asMaximum();
    List<Double> scores = good.stream().map(once::score).toList();
    assertThat(scores.get(7))
        .as("at first")
        .isLessThan(Thresholds.upperFence(scores, Thresholds.INLIER_FENCE));
  }

  @Test
  void removesAtMostATenthAndSuspectsAllOutliers() {
    List<double[]> good = inliers(34);
    IntStream.range(0, 6).forEach(i -> good.add(new double[] {Math.pow(10, 1 + i), 1}));

    LabelNoiseFilter filter = filter(good);

    assertThat(filter.inliers()).hasSize(36);
    assertThat(filter.suspects()).startsWith(39, 38, 37, 36);
  }

  @Test
  void aPictureBetweenTheFencesIsRemovedButNotSuspected() {
    List<double[]> good = inliers(38);
    good.add(7, new double[] {1, 1.35});

    LabelNoiseFilter filter = filter(good);

    assertThat(filter.inliers()).doesNotContain(7).hasSizeGreaterThan(36);
    assertThat(filter.suspects()).isEmpty();
  }

  @Test
  void suspectsNothingAmongFewPicturesOrCopies() {
    assertThat(filter(List.of(new double[] {1, 1})).inliers()).containsExactly(0);
    List<double[]> copies = new ArrayList<>();
    IntStream.range(0, 30).forEach(i -> copies.add(new double[] {1, 1}));
    assertThat(filter(copies).suspects()).isEmpty();
    assertThat(filter(inliers(200)).suspects().size()).isLessThan(4);
  }

  @Test
  void withLabelsSuspectsPicturesAsAnomalousAsAnomalousOnes() {
    List<Double> good = new ArrayList<>(Collections.nCopies(28, -2.0));
    good.set(3, 1.9);
    good.set(9, 4.0);
    good.set(12, 0.5);
    List<Double> anomalous = List.of(0.0, 1.0, 2.0, 3.0);

    // Their mean probability is 0.77, that of log-odds 1.2.
    assertThat(LabelNoiseFilter.confident(good, anomalous)).containsExactly(9, 3);
  }

  @Test
  void withoutSeparationSuspectsATenth() {
    assertThat(LabelNoiseFilter.confident(Collections.nCopies(25, 0.0), List.of(0.0))).hasSize(2);
    assertThat(LabelNoiseFilter.confident(Collections.nCopies(9, 0.0), List.of(0.0))).isEmpty();
  }

  private static LabelNoiseFilter filter(List<double[]> good) {
    return LabelNoiseFilter.of(COLUMNS, UNSUPERVISED, good, 0);
  }

  private List<double[]> inliers(int count) {
    List<double[]> rows = new ArrayList<>();
    IntStream.range(0, count)
        .forEach(
            i ->
                rows.add(
                    new double[] {
                      1 + 0.1 * random.nextGaussian(), 1 + 0.1 * random.nextGaussian()
                    }));
    return rows;
  }
}

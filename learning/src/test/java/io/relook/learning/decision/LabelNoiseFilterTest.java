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
  private static final boolean[] NOVELTY = {true, true};

  private final Random random = new Random(5);

  @Test
  void findsWhatHidesBehindSomethingFarther() {
    List<double[]> good = credible(38);
    good.add(7, new double[] {1, 2.2});
    good.add(20, new double[] {1, 20});

    LabelNoiseFilter screen = screen(good);

    assertThat(screen.suspects()).as("the farthest first").startsWith(20, 7);
    assertThat(screen.credible()).doesNotContain(7, 20).contains(0, 39);
    Stack once = Stack.mean(COLUMNS, NOVELTY, good, 0).asWorst();
    List<Double> scores = good.stream().map(once::score).toList();
    assertThat(scores.get(7))
        .as("at first")
        .isLessThan(Thresholds.fence(scores, Thresholds.DOUBTFUL));
  }

  @Test
  void setsNoMoreThanATenthAsideAndSuspectsTheRestAllTheSame() {
    List<double[]> good = credible(34);
    IntStream.range(0, 6).forEach(i -> good.add(new double[] {Math.pow(10, 1 + i), 1}));

    LabelNoiseFilter screen = screen(good);

    assertThat(screen.credible()).hasSize(36);
    assertThat(screen.suspects()).startsWith(39, 38, 37, 36);
  }

  @Test
  void whatIsDoubtfulButNotFarOutIsSetAsideAndNotSuspected() {
    List<double[]> good = credible(38);
    good.add(7, new double[] {1, 1.35});

    LabelNoiseFilter screen = screen(good);

    assertThat(screen.credible()).doesNotContain(7).hasSizeGreaterThan(36);
    assertThat(screen.suspects()).isEmpty();
  }

  @Test
  void suspectsNothingOfFewOrOfCopies() {
    assertThat(screen(List.of(new double[] {1, 1})).credible()).containsExactly(0);
    List<double[]> copies = new ArrayList<>();
    IntStream.range(0, 30).forEach(i -> copies.add(new double[] {1, 1}));
    assertThat(screen(copies).suspects()).isEmpty();
    assertThat(screen(credible(200)).suspects().size()).isLessThan(4);
  }

  @Test
  void withLabelsSuspectsWhatLooksAsAnomalousAsAnomalousPicturesDo() {
    List<Double> good = new ArrayList<>(Collections.nCopies(28, -2.0));
    good.set(3, 1.9);
    good.set(9, 4.0);
    good.set(12, 0.5);
    List<Double> anomalous = List.of(0.0, 1.0, 2.0, 3.0);

    // Their mean probability is 0.77, that of log-odds 1.2.
    assertThat(LabelNoiseFilter.confident(good, anomalous)).containsExactly(9, 3);
  }

  @Test
  void withLabelsThatSayNothingSuspectsATenth() {
    assertThat(LabelNoiseFilter.confident(Collections.nCopies(25, 0.0), List.of(0.0))).hasSize(2);
    assertThat(LabelNoiseFilter.confident(Collections.nCopies(9, 0.0), List.of(0.0))).isEmpty();
  }

  private static LabelNoiseFilter screen(List<double[]> good) {
    return LabelNoiseFilter.of(COLUMNS, NOVELTY, good, 0);
  }

  private List<double[]> credible(int count) {
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

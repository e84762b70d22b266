package io.relook.learning.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThresholdsTest {

  @Test
  void putsTheThresholdInTheMiddleBetweenSeparatedClasses() {
    assertThat(Thresholds.bestF1(List.of(1.0, 2.0, 3.0), List.of(5.0, 6.0))).isEqualTo(4.0);
  }

  @Test
  void trustsTheBestF1WhereClassesOverlap() {
    // From 4 on: 3 right alarms, 1 false, none missed = 6/7; from 6 on: 2 right, 1 missed = 4/5.
    assertThat(Thresholds.bestF1(List.of(1.0, 2.0, 5.0), List.of(4.0, 6.0, 7.0))).isEqualTo(3.0);
  }

  @Test
  void takesTheWidestOfEquallyGoodPlateaus() {
    // F1 is 2/3 for thresholds in (1, 2] (two false alarms) and in (5, 9] (one miss).
    assertThat(Thresholds.bestF1(List.of(1.0, 5.0, 5.0), List.of(2.0, 9.0))).isEqualTo(7.0);
  }

  @Test
  void neverAlarmsForEveryPictureWhenThereIsAChoice() {
    assertThat(Thresholds.bestF1(List.of(2.0), List.of(1.0, 1.5))).isGreaterThan(1.0);
    assertThat(Thresholds.bestF1(List.of(1.0), List.of(1.0))).isEqualTo(1.0);
  }

  @Test
  void aTenthOfFewGoodPicturesAndAFiftiethOfManyMayAlarm() {
    for (int[] expected :
        new int[][] {
          {5, 0}, {12, 0}, {18, 0}, {19, 1}, {28, 1}, {29, 2}, {198, 2}, {199, 3}, {1000, 19}
        }) {
      List<Double> good =
          IntStream.range(0, expected[0]).mapToObj(i -> (double) (i * 37 % expected[0])).toList();
      double threshold = Thresholds.orderStatistic(good);
      assertThat(good.stream().filter(s -> s >= threshold))
          .as("alarms of %d", expected[0])
          .hasSize(expected[1]);
    }
  }

  @Test
  void aNextGoodPictureAlarmsNoMoreOftenThanPromised() {
    SplittableRandom random = new SplittableRandom(3);
    int alarms = 0;
    int rounds = 4000;
    for (int i = 0; i < rounds; i++) {
      List<Double> good = random.doubles(30).map(u -> -10 * Math.log(u)).boxed().toList();
      alarms += -10 * Math.log(random.nextDouble()) >= Thresholds.orderStatistic(good) ? 1 : 0;
    }
    // 3 of 31, and a standard error of 0.005.
    assertThat(alarms / (double) rounds).isBetween(0.08, 3 / 31.0 + 0.015);
  }

  @Test
  void isNotLiftedByTwoMislabelledPictures() {
    List<Double> good = new ArrayList<>(List.of(60.0, 55.0));
    IntStream.range(0, 28).forEach(i -> good.add(i / 10.0));
    assertThat(Thresholds.orderStatistic(good)).isBetween(2.7, 2.9);
  }

  @Test
  void liesAboveIdenticalScores() {
    assertThat(Thresholds.orderStatistic(List.of(3.0, 3.0, 3.0))).isGreaterThan(3.0);
    assertThat(Thresholds.orderStatistic(Collections.nCopies(40, 3.0))).isGreaterThan(3.0);
  }

  @Test
  void goalsAreReadAsTheyAreWritten() {
    for (ThresholdGoal goal :
        List.of(
            new ThresholdGoal.BestF1(),
            new ThresholdGoal.MaxFalsePositiveRate(0.01),
            new ThresholdGoal.MinRecall(0.95))) {
      assertThat(ThresholdGoal.parse(goal.toString())).isEqualTo(goal);
    }
    for (String wrong : List.of("", "f1", "min-recall", "min-recall=much", "min-recall=1.1")) {
      assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> ThresholdGoal.parse(wrong));
    }
  }

  @Test
  void interpolatesQuantilesAsNumPyDoes() {
    assertThat(Thresholds.quantile(List.of(4.0, 1.0, 3.0, 2.0), 0.25)).isEqualTo(1.75);
    assertThat(Thresholds.quantile(List.of(4.0), 0.75)).isEqualTo(4.0);
  }
}

package io.relook.learning.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThresholdsTest {

  @Test
  void putsTheThresholdBetweenSeparatedClasses() {
    assertThat(bestF1(List.of(1.0, 2.0, 3.0), List.of(5.0, 6.0))).isBetween(3.5, 4.5);
  }

  @Test
  void liesFartherFromTheClassThatSpreadsMore() {
    List<Double> narrow = List.of(0.0, 0.1, 0.2, 0.3);
    List<Double> wide = List.of(4.0, 8.0, 12.0, 16.0);

    assertThat(bestF1(narrow, wide)).isBetween(0.4, 2.0);
    assertThat(bestF1(negated(wide), negated(narrow))).isBetween(-2.0, -0.4);
  }

  @Test
  void isTheBestOfTwoNormalDistributions() {
    Random random = new Random(5);
    List<Double> good = random.doubles(4000).map(u -> random.nextGaussian()).boxed().toList();
    List<Double> anomalous =
        random.doubles(1000).map(u -> 2 + random.nextGaussian()).boxed().toList();

    // F1 = 2 q / (1 + q + 4 p) with p = 1 - F(t), q = 1 - F(t - 2) is highest at t = 1.39.
    assertThat(bestF1(good, anomalous)).isCloseTo(1.39, within(0.15));
  }

  @Test
  void oneFalseAlarmMoreOrLessMovesItLittle() {
    List<Double> good = List.of(0.0, 0.2, 0.5, 0.6, 0.9, 1.0, 1.3, 1.5);
    List<Double> anomalous = List.of(1.4, 2.0, 2.6, 3.0, 3.5);
    List<Double> oneMore = new ArrayList<>(good);
    oneMore.add(1.45);

    assertThat(bestF1(oneMore, anomalous)).isCloseTo(bestF1(good, anomalous), within(0.1));
  }

  @Test
  void neverAlarmsForEveryPictureWhenThereIsAChoice() {
    assertThat(bestF1(List.of(2.0), List.of(1.0, 1.5))).isGreaterThan(1.0);
    assertThat(bestF1(List.of(1.0), List.of(1.0))).isEqualTo(1.0);
    assertThat(bestF1(List.of(1.0, 1.0), List.of(2.0, 2.0))).isBetween(1.01, 2.0);
  }

  @Test
  void alarmsLessWhereAnomalousPicturesAreRare() {
    Random random = new Random(5);
    List<Double> good = random.doubles(4000).map(u -> random.nextGaussian()).boxed().toList();
    List<Double> anomalous =
        random.doubles(1000).map(u -> 2 + random.nextGaussian()).boxed().toList();

    // 2 π r / (π + π r + (1 - π) q) as above is highest at 2.47 and at 0.84.
    assertThat(Thresholds.bestF1(good, anomalous, 0.01)).isCloseTo(2.47, within(0.2));
    assertThat(Thresholds.bestF1(good, anomalous, 0.5)).isCloseTo(0.84, within(0.15));
  }

  private static double bestF1(List<Double> good, List<Double> anomalous) {
    return Thresholds.bestF1(
        good, anomalous, (double) anomalous.size() / (good.size() + anomalous.size()));
  }

  private static List<Double> negated(List<Double> scores) {
    return scores.stream().map(s -> -s).toList();
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
            new ThresholdGoal.BestF1AtPrevalence(0.02),
            new ThresholdGoal.MaxFalsePositiveRate(0.01),
            new ThresholdGoal.MinRecall(0.95))) {
      assertThat(ThresholdGoal.parse(goal.toString())).isEqualTo(goal);
    }
    for (String wrong :
        List.of(
            "",
            "f1",
            "min-recall",
            "min-recall=much",
            "min-recall=1.1",
            "best-f1=0",
            "best-f1=1")) {
      assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> ThresholdGoal.parse(wrong));
    }
  }

  @Test
  void interpolatesQuantilesAsNumPyDoes() {
    assertThat(Thresholds.quantile(List.of(4.0, 1.0, 3.0, 2.0), 0.25)).isEqualTo(1.75);
    assertThat(Thresholds.quantile(List.of(4.0), 0.75)).isEqualTo(4.0);
  }
}

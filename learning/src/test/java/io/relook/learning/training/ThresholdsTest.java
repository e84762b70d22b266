package io.relook.learning.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
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
  void liesJustAboveTheHighestGood() {
    assertThat(Thresholds.highestGood(List.of(10.0, 11.0, 12.0, 13.0, 14.0)))
        .isCloseTo(14 + 0.05 * 2 + 0.1, within(1e-12));
  }

  @Test
  void isNotLiftedByOneMislabelledPicture() {
    assertThat(Thresholds.highestGood(List.of(10.0, 11.0, 12.0, 13.0, 14.0, 11.5, 12.5, 60.0)))
        .isBetween(14.0, 15.0);
  }

  @Test
  void takesNoScoreForAnOutlierThatIsCloseToTheOthers() {
    assertThat(Thresholds.highestGood(List.of(14.0, 14.1, 14.1, 14.2, 14.2, 14.2, 16.0)))
        .isBetween(16.0, 16.5);
  }

  @Test
  void liesAboveIdenticalScores() {
    assertThat(Thresholds.highestGood(List.of(3.0, 3.0, 3.0))).isGreaterThan(3.0);
  }

  @Test
  void interpolatesQuantilesAsNumPyDoes() {
    assertThat(Thresholds.quantile(List.of(4.0, 1.0, 3.0, 2.0), 0.25)).isEqualTo(1.75);
    assertThat(Thresholds.quantile(List.of(4.0), 0.75)).isEqualTo(4.0);
  }
}

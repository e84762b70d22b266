package io.relook.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class IntervalTest {
  /**
   * Printed by SciPy 1.17.1: {@code binomtest(9, 10).proportion_ci(method="wilson")}, and so on.
   */
  @Test
  void sharesAreThoseOfWilson() {
    assertInterval(Interval.ofShare(9, 10), 0.595850, 0.982124);
    assertInterval(Interval.ofShare(10, 10), 0.722467, 1);
    assertInterval(Interval.ofShare(0, 12), 0, 0.242494);
    assertThat(Interval.ofShare(0, 0)).isEqualTo(Interval.UNKNOWN);
  }

  @Test
  void f1IsAShareInAnotherCoat() {
    Interval share = Interval.ofShare(7, 10);

    assertInterval(
        Interval.ofF1(7, 1, 2),
        2 * share.low() / (1 + share.low()),
        2 * share.high() / (1 + share.high()));
  }

  @Test
  void areasAreThoseThatTheVarianceAllows() {
    for (double area : new double[] {0, 0.3, 0.5, 0.75, 0.97, 1}) {
      Interval interval = Interval.ofRocAuc(area, 10, 25);

      double low = 1;
      double high = 0;
      for (int i = 0; i <= 100_000; i++) {
        double a = i / 100_000.0;
        double n = 17.5 - 1;
        double variance = a * (1 - a) * (1 + n * ((1 - a) / (2 - a) + a / (1 + a))) / 250;
        if (Math.abs(area - a) <= 1.959964 * Math.sqrt(variance) + 1e-9) {
          low = Math.min(low, a);
          high = Math.max(high, a);
        }
      }
      assertInterval(interval, low, high);
    }
  }

  @Test
  void aPerfectAreaOfFewPicturesIsNotCertain() {
    assertThat(Interval.ofRocAuc(1, 10, 12).low()).isBetween(0.7, 0.95);
    assertThat(Interval.ofRocAuc(1, 1000, 1000).low()).isGreaterThan(0.99);
  }

  private static void assertInterval(Interval interval, double low, double high) {
    assertThat(interval.low()).isCloseTo(low, within(2e-5));
    assertThat(interval.high()).isCloseTo(high, within(2e-5));
  }
}

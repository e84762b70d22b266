package io.relook.bench.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.learning.evaluation.ImageScore;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BalancedF1Test {
  private static final Offset<Double> EXACTLY = Offset.offset(1e-12);

  /** At 0.5 there are one right and one false alarm, and one miss. */
  private static final List<ImageScore> SCORES =
      List.of(
          new ImageScore("a", true, 0.9),
          new ImageScore("b", false, 0.6),
          new ImageScore("c", true, 0.4),
          new ImageScore("d", false, 0.2),
          new ImageScore("e", false, 0.1),
          new ImageScore("f", false, 0.05));

  @Test
  void theBalanceOfTheScoresThemselvesIsPlainF1() {
    BalancedF1 plain = BalancedF1.of(SCORES, 0.5, 2);

    assertThat(plain.f1()).isCloseTo(2.0 / (2 + 1 + 1), EXACTLY);
    assertThat(plain.best()).isCloseTo(4.0 / (4 + 1), EXACTLY);
  }

  @Test
  void rareAnomaliesMakeAFalseAlarmCostly() {
    // A quarter of the good pictures raises an alarm: five for one anomaly.
    BalancedF1 rare = BalancedF1.of(SCORES, 0.5, 20);

    assertThat(rare.f1()).isCloseTo(2.0 / (1 + 10 + 2), EXACTLY);
    assertThat(rare.best()).as("alarms from 0.9 on").isCloseTo(2.0 / 3, EXACTLY);
  }

  @Test
  void aThresholdAboveAllScoresFindsNothing() {
    assertThat(BalancedF1.of(SCORES, 0.95, 1).f1()).isZero();
    assertThat(BalancedF1.of(SCORES, 0.9, 1).f1()).isCloseTo(2.0 / 3, EXACTLY);
  }
}

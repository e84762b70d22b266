package io.relook.job.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final long HOUR = Duration.ofHours(1).toMillis();

  @Test
  void whatIsOlderExpires() {
    assertThat(
            Retention.expired(Map.of("a", 9L, "b", 10L, "c", 11L).entrySet(), 10, value -> value))
        .containsExactly("a");
  }

  @Test
  void aSweepIsOfAWholeHour() {
    assertThat(Retention.hour(5 * HOUR - 1)).isEqualTo(4);
    assertThat(Retention.hour(5 * HOUR)).isEqualTo(5);
    assertThat(Retention.startOf(5)).isEqualTo(5 * HOUR);
  }

  @Test
  void requestTimesAreAsOldAsTheNewest() {
    assertThat(Retention.newest(List.of(1L, 7L))).isEqualTo(7);
    assertThat(Retention.newest(List.of())).isZero();
  }

  @Test
  void theTimerOfASilentAccountForgetsWhatWasThereWhenItWasSet() {
    long now = 100 * HOUR;
    long fires = Retention.timer(now);

    assertThat(fires - now).isEqualTo(Duration.ofDays(7).plusHours(8).toMillis());
    assertThat(Retention.sweptByTimer(fires)).as("exclusive").isEqualTo(now + 1);
  }
}

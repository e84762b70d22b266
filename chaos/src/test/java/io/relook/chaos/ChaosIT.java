package io.relook.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.cluster.Installation;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short run: every kind of fault can come, ten that count of five kinds must. */
class ChaosIT {
  private static final long SEED = 20261125;

  @Test
  void nothingIsLostAndNothingDoubled(@TempDir Path directory) {
    ChaosReport report;
    try (Chaos chaos =
        new Chaos(
            new Chaos.Options(
                directory,
                SEED,
                Duration.ofMinutes(10),
                10,
                Duration.ofSeconds(8),
                new Load.Pace(
                    Duration.ofMillis(120), Duration.ofMillis(1200), Duration.ofMillis(300))),
            Installation.ofThisCheckout(),
            System.err::println)) {
      report = chaos.run();
    }
    assertThat(report.good()).as(report.text()).isTrue();
    assertThat(report.counted()).as(report.text()).isGreaterThanOrEqualTo(10);
    assertThat(report.byKind()).as(report.text()).hasSizeGreaterThanOrEqualTo(5);
    assertThat(report.totals().trainings()).as("trainings while faults came").isGreaterThan(3);
  }
}

package io.relook.job.registry;

import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * Metrics of the registry, since the task started: {@code commandsAccepted}; {@code
 * commandsRefused}, commands that were answered with an exception; {@code commandDelayMillis}, from
 * the broker's append to the decision, over the last {@value #DELAYS} commands. The reply becomes
 * visible with the next checkpoint. {@code decisionsUndone}: inputs on which relook itself failed;
 * they count nowhere else.
 */
final class RegistryMetrics {
  private static final int DELAYS = 1000;

  private final Counter accepted;
  private final Counter failed;
  private final Histogram delay;
  private final Counter undone;

  RegistryMetrics(MetricGroup metrics) {
    accepted = metrics.counter("commandsAccepted");
    failed = metrics.counter("commandsRefused");
    undone = metrics.counter("decisionsUndone");
    delay = metrics.histogram("commandDelayMillis", new DescriptiveStatisticsHistogram(DELAYS));
  }

  /** Counts a command. */
  void decided(List<RegistryEffect> effects, long delayMillis) {
    delay.update(delayMillis);
    (isFailure(effects) ? failed : accepted).inc();
  }

  /** Counts a decision that failed and was rolled back. */
  void undone() {
    undone.inc();
  }

  static boolean isFailure(List<RegistryEffect> effects) {
    return effects.stream()
        .anyMatch(
            effect ->
                effect instanceof RegistryEffect.Reply reply && reply.reply().getError() != null);
  }
}

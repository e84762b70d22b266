package io.relook.job.quarantine;

import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * Metrics of what an operator knows of the quarantine. Every subtask knows all of it. {@code
 * messagesSuspect}: messages that were in flight when a process ended; {@code
 * messagesInQuarantine}; {@code quarantineIgnored}: objects that did not count, because they are
 * unreadable, speak of an earlier topic, or are older than their topic keeps messages.
 */
public final class QuarantineMetrics {

  private QuarantineMetrics() {}

  /** Registers the gauges of an operator that reads the quarantine when it starts. */
  public static void register(MetricGroup metrics, Quarantine quarantine) {
    metrics.gauge("messagesSuspect", (Gauge<Long>) quarantine::suspects);
    metrics.gauge("messagesInQuarantine", (Gauge<Long>) quarantine::quarantined);
    metrics.gauge("quarantineIgnored", (Gauge<Long>) quarantine::ignored);
  }

  /** Registers {@code markersIgnored} of an operator that guards its work. */
  public static void register(MetricGroup metrics, InFlightGuard guard) {
    metrics.gauge("markersIgnored", (Gauge<Long>) guard::ignored);
  }
}

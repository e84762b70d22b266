package io.relook.job.check;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Metrics of the checks, since the task started: {@code messagesRefused}, the messages that were
 * rejected.
 */
final class CheckMetrics {
  final Counter rejected;

  CheckMetrics(MetricGroup metrics) {
    rejected = metrics.counter("messagesRefused");
  }
}

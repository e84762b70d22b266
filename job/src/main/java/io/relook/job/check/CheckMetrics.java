package io.relook.job.check;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Metrics of the checks, since the task started: {@code messagesRefused}. */
final class CheckMetrics {
  final Counter refused;

  CheckMetrics(MetricGroup metrics) {
    refused = metrics.counter("messagesRefused");
  }
}

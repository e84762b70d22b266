package io.relook.job.rejection;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Metrics of the rejections of a pipeline, since the task started: {@code rejectionsWritten}. */
final class RejectionMetrics {
  final Counter written;

  RejectionMetrics(MetricGroup metrics) {
    written = metrics.counter("rejectionsWritten");
  }
}

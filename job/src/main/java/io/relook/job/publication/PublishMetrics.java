package io.relook.job.publication;

import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/**
 * Metrics of the publication, since the task started: {@code modelsPublished}; {@code
 * outcomesFailed}, trainings that ended without a model, in this stage or an earlier one.
 */
final class PublishMetrics {
  private final Counter published;
  private final Counter failed;

  PublishMetrics(MetricGroup metrics) {
    published = metrics.counter("modelsPublished", new ThreadSafeSimpleCounter());
    failed = metrics.counter("outcomesFailed", new ThreadSafeSimpleCounter());
  }

  TrainingOutcome count(TrainingOutcome outcome) {
    (outcome.getOutcome() instanceof TrainingFailed ? failed : published).inc();
    return outcome;
  }
}

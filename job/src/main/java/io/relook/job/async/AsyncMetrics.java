package io.relook.job.async;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;

/**
 * Metrics of long work on few elements: {@code elementsInFlight}, elements that wait or are worked
 * on now; {@code workMillis}, time that all threads have worked since the task started.
 */
final class AsyncMetrics {
  private final Counter millis;

  AsyncMetrics(MetricGroup metrics, Collection<?> inFlight) {
    metrics.gauge("elementsInFlight", (Gauge<Integer>) inFlight::size);
    millis = metrics.counter("workMillis", new ThreadSafeSimpleCounter());
  }

  /** Adds the time since a {@link System#nanoTime()}. */
  void workedSince(long start) {
    millis.inc(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }
}

package io.relook.job.extraction;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * Metrics of the extraction, each since the task started: {@code picturesExtracted}, {@code
 * picturesReused} (their features existed already), {@code picturesRefused} (rejected), {@code
 * picturesDamaged} (JPEG data is damaged, and it was taken), {@code picturesUnavailable} (could not
 * be read in time: their images wait); {@code fetchMillis}, {@code decodeMillis}, {@code
 * backboneMillis}, {@code summaryMillis} (picture statistics) and {@code storeMillis}, time spent
 * over all threads.
 */
final class ExtractionMetrics {
  final LongAdder extracted = new LongAdder();
  final LongAdder reused = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder damaged = new LongAdder();
  final LongAdder unavailable = new LongAdder();
  private final LongAdder fetchNanos = new LongAdder();
  private final LongAdder decodeNanos = new LongAdder();
  private final LongAdder backboneNanos = new LongAdder();
  private final LongAdder statisticsNanos = new LongAdder();
  private final LongAdder storeNanos = new LongAdder();

  ExtractionMetrics(MetricGroup metrics) {
    // Counted by several threads, which Flink's counters do not allow.
    metrics.gauge("picturesExtracted", (Gauge<Long>) extracted::sum);
    metrics.gauge("picturesReused", (Gauge<Long>) reused::sum);
    metrics.gauge("picturesRefused", (Gauge<Long>) rejected::sum);
    metrics.gauge("picturesDamaged", (Gauge<Long>) damaged::sum);
    metrics.gauge("picturesUnavailable", (Gauge<Long>) unavailable::sum);
    metrics.gauge("fetchMillis", millis(fetchNanos));
    metrics.gauge("decodeMillis", millis(decodeNanos));
    metrics.gauge("backboneMillis", millis(backboneNanos));
    metrics.gauge("summaryMillis", millis(statisticsNanos));
    metrics.gauge("storeMillis", millis(storeNanos));
  }

  private static Gauge<Long> millis(LongAdder nanos) {
    return () -> TimeUnit.NANOSECONDS.toMillis(nanos.sum());
  }

  /** A step that is timed. */
  interface Timed<T, A extends Exception, B extends Exception> {
    T run() throws A, B;
  }

  /** A picture was fetched, or not, since this time of {@link System#nanoTime}. */
  void fetchedSince(long start) {
    fetchNanos.add(System.nanoTime() - start);
  }

  /** An object of ours was read or written, or not, since this time. */
  void storedSince(long start) {
    storeNanos.add(System.nanoTime() - start);
  }

  <T, A extends Exception, B extends Exception> T decode(Timed<T, A, B> step) throws A, B {
    return timed(decodeNanos, step);
  }

  <T, A extends Exception, B extends Exception> T backbone(Timed<T, A, B> step) throws A, B {
    return timed(backboneNanos, step);
  }

  <T, A extends Exception, B extends Exception> T statistics(Timed<T, A, B> step) throws A, B {
    return timed(statisticsNanos, step);
  }

  private static <T, A extends Exception, B extends Exception> T timed(
      LongAdder nanos, Timed<T, A, B> step) throws A, B {
    long start = System.nanoTime();
    try {
      return step.run();
    } finally {
      nanos.add(System.nanoTime() - start);
    }
  }
}

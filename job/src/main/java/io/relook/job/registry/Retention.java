package io.relook.job.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Decides what the registry forgets, and when: answers, deletions and request times that are older
 * than {@link Registry#MEMORY}. Record times decide, rounded down to the hour, so a sweep happens
 * at most once an hour. If an account sends no command, a processing-time timer sweeps. The timer
 * also waits for the longest downtime, because a command in the backlog may still need the entries.
 */
final class Retention {
  private static final long HOUR_MILLIS = 3_600_000L;

  /** Longest downtime without a loss: the default of {@code kafka.transaction-timeout}. */
  static final Duration LONGEST_DOWNTIME = Duration.ofDays(7);

  private static final long TIMER_MILLIS = Registry.MEMORY.plus(LONGEST_DOWNTIME).toMillis();

  private Retention() {}

  /** The hour that a record time is in, counted since the epoch. */
  static long hour(long timestamp) {
    return timestamp / HOUR_MILLIS;
  }

  /** The time at which an hour begins, in milliseconds since the epoch. */
  static long startOf(long hour) {
    return hour * HOUR_MILLIS;
  }

  /** Keys of the entries from before a time. */
  static <V> List<String> expired(
      Iterable<Map.Entry<String, V>> entries, long before, ToLongFunction<V> timestamp) {
    List<String> expired = new ArrayList<>();
    for (Map.Entry<String, V> entry : entries) {
      if (timestamp.applyAsLong(entry.getValue()) < before) {
        expired.add(entry.getKey());
      }
    }
    return expired;
  }

  /** The newest of sorted record times; 0 for none. */
  static long newest(List<Long> timestamps) {
    return timestamps.isEmpty() ? 0 : timestamps.get(timestamps.size() - 1);
  }

  /** Processing time at which a timer that is set now fires. */
  static long timer(long now) {
    return now + TIMER_MILLIS;
  }

  /** Record time before which entries are removed when a timer fires. */
  static long sweptByTimer(long firedAt) {
    return firedAt - TIMER_MILLIS + 1;
  }
}

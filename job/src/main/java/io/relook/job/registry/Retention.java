package io.relook.job.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Decides what the registry forgets, and when: answers, deletions and request times that are older
 * than {@link Registry#MEMORY}. Record times decide, rounded down to the hour, so a sweep happens
 * at most once an hour. An account that sends no command is swept by a processing-time timer, which
 * waits for the longest downtime besides: a command in the backlog could still ask for what it
 * forgets.
 */
final class Retention {
  private static final long HOUR_MILLIS = 3_600_000L;

  /** Longest downtime that loses nothing: the transaction timeout of our deployments. */
  static final Duration LONGEST_DOWNTIME = Duration.ofDays(7);

  private static final long TIMER_MILLIS = Registry.MEMORY.plus(LONGEST_DOWNTIME).toMillis();

  private Retention() {}

  /** The hour since the epoch that a record time is in. */
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

  /** The newest of record times that are in order; 0 when there is none. */
  static long newest(List<Long> timestamps) {
    return timestamps.isEmpty() ? 0 : timestamps.get(timestamps.size() - 1);
  }

  /** When the timer of a silent account fires that is set now, in processing time. */
  static long timer(long now) {
    return now + TIMER_MILLIS;
  }

  /** The record time before which a timer that fires forgets. */
  static long sweptByTimer(long firedAt) {
    return firedAt - TIMER_MILLIS + 1;
  }
}

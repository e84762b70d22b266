package io.relook.client;

import java.time.Duration;

/** Durations as text for people. */
final class Durations {
  private Durations() {}

  /** In whole hours, minutes or seconds, whichever is the largest unit that is not zero. */
  static String text(Duration duration) {
    if (duration.toMinutes() == 0) {
      return duration.toSeconds() + " s";
    }
    return duration.toHours() == 0 ? duration.toMinutes() + " min" : duration.toHours() + " h";
  }
}

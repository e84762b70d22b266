package io.relook.chaos;

import io.relook.client.RelookException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Sleeps; an interruption ends the run. */
final class Pause {
  private Pause() {}

  static void of(Duration duration) {
    try {
      TimeUnit.MILLISECONDS.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RelookException(RelookException.Kind.FAILED, "Stopped before the end.", e);
    }
  }
}

package io.relook.client;

import io.relook.client.RelookException.Kind;

/** Turns an interruption into a failure: the caller wants to stop. */
final class Interrupts {
  private Interrupts() {}

  static RelookException stopped(Throwable cause) {
    Thread.currentThread().interrupt();
    return new RelookException(Kind.FAILED, "Stopped before the end.", cause);
  }
}

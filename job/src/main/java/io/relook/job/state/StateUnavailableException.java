package io.relook.job.state;

/** State could not be read or written. The task must fail; the message at hand is not the cause. */
public final class StateUnavailableException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StateUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}

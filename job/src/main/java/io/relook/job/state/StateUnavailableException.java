package io.relook.job.state;

/** State could not be read or written: the task has to fail, and no message is to blame. */
public final class StateUnavailableException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StateUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}

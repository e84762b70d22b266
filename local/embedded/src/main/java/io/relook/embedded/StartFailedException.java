package io.relook.embedded;

/** A server does not start; the message says why and what to do. */
public final class StartFailedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StartFailedException(String sentence) {
    super(sentence);
  }

  StartFailedException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}

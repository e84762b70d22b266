package io.relook.embedded;

/** A server does not start; the message is a sentence for whoever started it. */
public final class StartFailedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  StartFailedException(String sentence) {
    super(sentence);
  }

  StartFailedException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}

package io.relook.client;

/** A failure that a person can resolve; the message says what is wrong and what to do. */
public final class RelookException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** What went wrong. */
  public enum Kind {
    /** The operation was answered with an exception, or it failed. */
    FAILED,
    /** A setting, a file or a name cannot be right. */
    USAGE,
    /** Broker, store or cluster did not answer in time. */
    UNREACHABLE
  }

  public RelookException(Kind kind, String sentence) {
    super(sentence);
    this.kind = kind;
  }

  public RelookException(Kind kind, String sentence, Throwable cause) {
    super(sentence, cause);
    this.kind = kind;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }
}

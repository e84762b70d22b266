package io.relook.client;

/** Something a person can mend, said in one sentence. */
public final class RelookException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** What went wrong. */
  public enum Kind {
    /** The operation was understood and refused, or it failed. */
    FAILED,
    /** What was asked for cannot be right: a setting, a file, a name. */
    USAGE,
    /** Broker, object store or cluster did not answer in time. */
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

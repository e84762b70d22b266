package io.relook.job.quarantine;

/** relook fails on one message, and nothing outside relook is the cause. */
public final class PoisonMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param doing what was being done, as a sentence continues after "while"
   */
  public PoisonMessageException(String doing, Throwable cause) {
    super(doing, cause);
  }

  /** What was being done. */
  public String doing() {
    return String.valueOf(getMessage());
  }
}

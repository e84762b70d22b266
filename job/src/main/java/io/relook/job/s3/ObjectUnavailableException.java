package io.relook.job.s3;

/**
 * One object cannot be read or written, and trying again at once does not help. {@link Symptom}
 * tells which reasons somebody may heal later.
 */
public final class ObjectUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why. */
  public enum Reason {
    NO_SUCH_BUCKET,
    NO_SUCH_KEY,
    FORBIDDEN,
    /** The encryption key of the object, present or wanted, does not exist or is disabled. */
    KMS_KEY_UNUSABLE,
    TOO_LARGE,
    INVALID_LOCATION,
    /** The store failed on this object, again and again, but not on others. */
    NOT_SERVED
  }

  public ObjectUnavailableException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

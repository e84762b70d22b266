package io.relook.job.s3;

import java.util.Optional;

/**
 * Whose failure a failed request to the store is, from the narrowest to the widest. The table in
 * {@code docs/operations.md} says the same in words. Pure.
 */
public enum FailureScope {
  /** Another try cannot heal it: there is no such object, or it cannot be used. */
  OBJECT_FOR_GOOD,
  /** Of one object, and another try may heal it. */
  OBJECT,
  /** Of a bucket or key of others: several objects of it fail, and none is read. */
  BUCKET,
  /** Nobody's: the store asks for fewer requests. */
  BACK_OFF,
  /** Of the store, our credentials or our own bucket: no object can be read or written. */
  INSTALLATION,
  /** Of relook itself. */
  DEFECT;

  /** What a request of the same kind to our own bucket, made after the failure, showed. */
  public enum Probe {
    NOT_MADE,
    SERVED,
    FAILED
  }

  /**
   * Decides. A failure belongs to the object unless more is shown.
   *
   * @param failure what the request ended with
   * @param breakerOpen whether the breaker of the object's bucket is open
   * @param probe what the probe of our own bucket showed
   */
  public static FailureScope of(Throwable failure, boolean breakerOpen, Probe probe) {
    if (!(failure instanceof ObjectUnavailableException)
        && !(failure instanceof java.io.UncheckedIOException)) {
      return DEFECT;
    }
    Optional<Symptom> symptom = Symptom.of(failure);
    if (symptom.isEmpty()) {
      return OBJECT_FOR_GOOD;
    }
    if (symptom.get() == Symptom.SLOW_DOWN) {
      return BACK_OFF;
    }
    if (probe == Probe.FAILED) {
      return INSTALLATION;
    }
    return breakerOpen ? BUCKET : OBJECT;
  }
}

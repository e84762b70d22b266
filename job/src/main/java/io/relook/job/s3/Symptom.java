package io.relook.job.s3;

import java.util.Optional;

/** How a request to the store failed, when another try may heal it. */
public enum Symptom {
  /** 403: the store refuses the request. Somebody may grant it. */
  REFUSED("the store refuses the request"),
  /** The encryption key of the object is missing, disabled or not granted. */
  KEY_UNUSABLE("the store cannot use the object's encryption key"),
  /** 5xx. */
  SERVER_ERROR("the store fails on the request"),
  /** 429, or 503 SlowDown. */
  SLOW_DOWN("the store asks for fewer requests"),
  /** No connection, or no answer in time. */
  NO_ANSWER("the store does not answer"),
  /** The store does not accept our credentials, our clock or our signature. */
  CREDENTIALS("the store does not accept relook's credentials");

  private final String words;

  Symptom(String words) {
    this.words = words;
  }

  /** As a part of a sentence. */
  public String words() {
    return words;
  }

  /** How a request failed; empty when another try cannot heal it, or no store is the cause. */
  public static Optional<Symptom> of(Throwable failure) {
    if (failure instanceof StoreUnavailableException unavailable) {
      return Optional.of(unavailable.symptom());
    }
    if (failure instanceof ObjectUnavailableException unavailable) {
      return switch (unavailable.reason()) {
        case FORBIDDEN -> Optional.of(REFUSED);
        case KMS_KEY_UNUSABLE -> Optional.of(KEY_UNUSABLE);
        case NOT_SERVED -> Optional.of(SERVER_ERROR);
        case NO_SUCH_BUCKET, NO_SUCH_KEY, TOO_LARGE, INVALID_LOCATION -> Optional.empty();
      };
    }
    return failure instanceof java.io.UncheckedIOException
        ? Optional.of(NO_ANSWER)
        : Optional.empty();
  }
}

package io.relook.job.s3;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The store did not serve a request, and another try may heal it. */
public final class StoreUnavailableException extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  private final Symptom symptom;

  public StoreUnavailableException(Symptom symptom, IOException cause) {
    super(String.valueOf(cause.getMessage()), cause);
    this.symptom = symptom;
  }

  public Symptom symptom() {
    return symptom;
  }
}

package io.relook.job.training;

import io.relook.job.domain.TrainingResult.Failure;
import java.io.IOException;

/** Carries the failure of one training out of code that can only throw {@link IOException}. */
final class CannotTrainException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  CannotTrainException(Failure failure, Exception cause) {
    super(failure.message(), cause);
    this.failure = failure;
  }

  CannotTrainException(Failure failure) {
    super(failure.message());
    this.failure = failure;
  }

  Failure failure() {
    return failure;
  }
}

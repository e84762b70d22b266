package io.relook.job.training;

import io.relook.job.s3.ObjectUnavailableException;
import io.relook.job.training.TrainedModel.Failure;
import io.relook.wire.ModelMetadata;
import java.util.Optional;

/** Tells an encryption key that cannot be used from a bucket of ours that cannot. */
final class EncryptionKeys {

  private EncryptionKeys() {}

  /**
   * What a refused write into relook's own bucket means for this training: a failure when the
   * writing asked for the model's encryption key, nothing when the bucket itself is to blame.
   */
  static Optional<Failure> failure(ModelMetadata model, ObjectUnavailableException refused) {
    String key = model.getKmsKeyId();
    boolean ofTheKey =
        switch (refused.reason()) {
          case FORBIDDEN, INVALID_LOCATION -> key != null;
          case NO_SUCH_BUCKET, NO_SUCH_KEY, TOO_LARGE -> false;
        };
    return ofTheKey
        ? Optional.of(
            new Failure(
                "KMS_KEY_UNUSABLE",
                "Nothing can be written under KmsKeyId "
                    + key
                    + ": "
                    + refused.getMessage()
                    + " Check that the key exists, is enabled and may be used by relook, then create"
                    + " the model again."))
        : Optional.empty();
  }
}

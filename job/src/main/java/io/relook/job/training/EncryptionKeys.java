package io.relook.job.training;

import io.relook.job.domain.TrainingResult.Failure;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.wire.ModelMetadata;
import java.util.Optional;

/**
 * Finds out whether an encryption key cannot be used, which fails one training, or relook's own
 * bucket, which fails the job.
 */
final class EncryptionKeys {

  private static final String UNUSABLE = "KMS_KEY_UNUSABLE";

  private EncryptionKeys() {}

  /**
   * The failure of a training when a copy cannot be encrypted under the model's key. Present when
   * this key, or the present key of the copy, is the cause; empty when relook's own bucket is.
   */
  static Optional<Failure> copyFailure(ModelMetadata model, ObjectUnavailableException error) {
    return isOfTheKey(error)
        ? Optional.of(
            new Failure(
                UNUSABLE,
                "relook's copies of the project's images cannot be encrypted under KmsKeyId "
                    + model.getKmsKeyId()
                    + ": "
                    + error.getMessage()
                    + " Check that this key and the present key of the copies exist, are enabled"
                    + " and may be used by relook, then create the model again."))
        : Optional.empty();
  }

  /**
   * The failure of a training when one of relook's own objects cannot be read. Present when its
   * encryption key is the cause.
   */
  static Optional<Failure> readFailure(ObjectUnavailableException error) {
    return error.reason() == ObjectUnavailableException.Reason.KMS_KEY_UNUSABLE
        ? Optional.of(
            new Failure(
                UNUSABLE,
                "relook's copies of the project's images cannot be decrypted: "
                    + error.getMessage()
                    + " Enable that key, or send the images again, then create the model again."))
        : Optional.empty();
  }

  private static boolean isOfTheKey(ObjectUnavailableException error) {
    return switch (error.reason()) {
      case FORBIDDEN, KMS_KEY_UNUSABLE, INVALID_LOCATION -> true;
      case NO_SUCH_BUCKET, NO_SUCH_KEY, TOO_LARGE, NOT_SERVED -> false;
    };
  }

  /**
   * The failure of a training when an object cannot be written into relook's own bucket. Present
   * when the model's encryption key is the cause; empty when the bucket is.
   */
  static Optional<Failure> failure(ModelMetadata model, ObjectUnavailableException error) {
    String key = model.getKmsKeyId();
    return key != null && isOfTheKey(error)
        ? Optional.of(
            new Failure(
                UNUSABLE,
                "Nothing can be written under KmsKeyId "
                    + key
                    + ": "
                    + error.getMessage()
                    + " Check that the key exists, is enabled and may be used by relook, then"
                    + " create the model again."))
        : Optional.empty();
  }
}

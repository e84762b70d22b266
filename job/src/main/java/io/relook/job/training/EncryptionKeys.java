package io.relook.job.training;

import io.relook.job.domain.TrainingResult.Failure;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.wire.ModelMetadata;
import java.util.Optional;

/** Tells an encryption key that cannot be used from a bucket of ours that cannot. */
final class EncryptionKeys {

  private static final String UNUSABLE = "KMS_KEY_UNUSABLE";

  private EncryptionKeys() {}

  /**
   * What a refused copy under the model's key means for this training: a failure when the key, or
   * the one the copy was under before, is to blame; nothing when it is relook's own bucket.
   */
  static Optional<Failure> copyFailure(ModelMetadata model, ObjectUnavailableException refused) {
    return isOfTheKey(refused)
        ? Optional.of(
            new Failure(
                UNUSABLE,
                "relook's copies of the project's images cannot be put under KmsKeyId "
                    + model.getKmsKeyId()
                    + ": "
                    + refused.getMessage()
                    + " Check that this key, and the one that they are under, exist, are enabled"
                    + " and may be used by relook, then create the model again."))
        : Optional.empty();
  }

  /** What a refused reading of one of relook's own objects means for this training. */
  static Optional<Failure> readFailure(ObjectUnavailableException refused) {
    return refused.reason() == ObjectUnavailableException.Reason.KMS_KEY_UNUSABLE
        ? Optional.of(
            new Failure(
                UNUSABLE,
                "What relook keeps of the project's images cannot be decrypted: "
                    + refused.getMessage()
                    + " Enable that key, or send the images again, then create the model again."))
        : Optional.empty();
  }

  private static boolean isOfTheKey(ObjectUnavailableException refused) {
    return switch (refused.reason()) {
      case FORBIDDEN, KMS_KEY_UNUSABLE, INVALID_LOCATION -> true;
      case NO_SUCH_BUCKET, NO_SUCH_KEY, TOO_LARGE -> false;
    };
  }

  /**
   * What a refused write into relook's own bucket means for this training: a failure when the
   * writing asked for the model's encryption key, nothing when the bucket itself is to blame.
   */
  static Optional<Failure> failure(ModelMetadata model, ObjectUnavailableException refused) {
    String key = model.getKmsKeyId();
    return key != null && isOfTheKey(refused)
        ? Optional.of(
            new Failure(
                UNUSABLE,
                "Nothing can be written under KmsKeyId "
                    + key
                    + ": "
                    + refused.getMessage()
                    + " Check that the key exists, is enabled and may be used by relook, then create"
                    + " the model again."))
        : Optional.empty();
  }
}

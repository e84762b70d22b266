package io.relook.job.s3;

import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The bucket that relook keeps its own objects in.
 *
 * @param store opens the store that it is in
 * @param name name of the bucket
 * @param kmsKeyId KMS key that encrypts pictures, masks and features when they arrive; null for the
 *     bucket's default encryption
 */
public record OwnBucket(ObjectStoreFactory store, String name, @Nullable String kmsKeyId)
    implements Serializable {

  /** The object with this key. */
  public S3Object object(String key) {
    return new S3Object(name, key, null);
  }

  /** The exception of a stage that cannot use the bucket. The message at hand is not the cause. */
  public IOException unusable(ObjectUnavailableException cause) {
    return new IOException(
        "relook's own bucket " + name + " cannot be used: check s3.bucket.", cause);
  }
}

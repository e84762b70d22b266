package io.relook.client;

import io.relook.wire.S3Object;
import java.util.Optional;

/**
 * A bucket and a path, used as they are: no slash is added to the path or removed from it.
 *
 * @param path key or prefix, without the slash after the bucket; may be empty
 */
public record S3Uri(String bucket, String path) {
  private static final String SCHEME = "s3://";

  /** The parts of {@code s3://bucket/path}, or nothing when the text has another form. */
  public static Optional<S3Uri> parse(String text) {
    if (!text.startsWith(SCHEME)) {
      return Optional.empty();
    }
    String rest = text.substring(SCHEME.length());
    int slash = rest.indexOf('/');
    String bucket = slash < 0 ? rest : rest.substring(0, slash);
    String path = slash < 0 ? "" : rest.substring(slash + 1);
    return bucket.isEmpty() ? Optional.empty() : Optional.of(new S3Uri(bucket, path));
  }

  /** The address of an object. */
  public static S3Uri of(S3Object object) {
    return new S3Uri(object.getBucket(), object.getKey());
  }

  /** The current version of this object. */
  public S3Object object() {
    return new S3Object(bucket, path, null);
  }

  @Override
  public String toString() {
    return SCHEME + bucket + "/" + path;
  }
}

package io.relook.job.s3;

import io.relook.wire.S3Object;
import java.util.Optional;

/** What the job needs of an object store. All methods may be called from several threads. */
public interface ObjectStore extends AutoCloseable {

  /**
   * The bytes of an object of at most {@code maxBytes} bytes.
   *
   * @throws ObjectUnavailableException when this object cannot be had: missing, forbidden, too
   *     large, or its bucket is missing
   * @throws java.io.UncheckedIOException when the store could not be reached, after retries
   */
  byte[] get(S3Object location, long maxBytes) throws ObjectUnavailableException;

  /** Whether the object exists, without reading it. */
  boolean exists(S3Object location) throws ObjectUnavailableException;

  /**
   * Writes an object as a whole; writing the same bytes again is harmless.
   *
   * @param kmsKeyId encrypts under this key when present
   */
  void put(S3Object location, byte[] bytes, String contentType, Optional<String> kmsKeyId)
      throws ObjectUnavailableException;

  @Override
  void close();
}

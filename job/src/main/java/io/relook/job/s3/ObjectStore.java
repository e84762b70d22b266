package io.relook.job.s3;

import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the job needs of an object store. All methods may be called from several threads. */
public interface ObjectStore extends AutoCloseable {

  /**
   * The bytes of an object of at most {@code maxBytes} bytes.
   *
   * @throws ObjectUnavailableException when this object cannot be read: it is missing, forbidden or
   *     too large, or its bucket is missing
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

  /**
   * Encrypts an existing object under a key. The store copies it; its bytes do not pass through
   * this process. An object that is under this key already, by this method or by {@link #put} with
   * the key's id or ARN, stays as it is.
   *
   * @return whether the object was copied
   */
  boolean copyUnderKey(S3Object location, String kmsKeyId) throws ObjectUnavailableException;

  /**
   * Keys of the objects in a bucket that begin with a prefix, in the store's order.
   *
   * @throws java.io.UncheckedIOException when the store could not be reached, after retries
   */
  List<String> list(String bucket, String prefix) throws ObjectUnavailableException;

  /**
   * Moves an object within its bucket. The store copies it under its present encryption key; its
   * bytes do not pass through this process. An object at the new key is replaced.
   *
   * @return whether there was an object to move
   */
  boolean move(S3Object from, String toKey) throws ObjectUnavailableException;

  /** Removes an object; nothing happens when there is none. */
  void remove(S3Object location) throws ObjectUnavailableException;

  /**
   * Removes objects of a bucket, many with one request; nothing happens for those that are not
   * there.
   */
  void removeAll(String bucket, List<String> keys) throws ObjectUnavailableException;

  /**
   * Checks, without leaving anything behind, that a bucket exists in this store's region and takes
   * objects under a prefix.
   *
   * @throws ObjectUnavailableException when it does not, and trying again does not help
   * @throws java.io.UncheckedIOException when the store did not answer in time
   */
  void requireWritable(S3Location location, Duration timeout) throws ObjectUnavailableException;

  @Override
  void close();
}

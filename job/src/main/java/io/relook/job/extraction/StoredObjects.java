package io.relook.job.extraction;

import io.relook.job.s3.FailureScope;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.job.s3.OwnBucket;
import io.relook.job.s3.StoreHealth;
import io.relook.job.s3.StoreProbe.Kind;
import io.relook.job.s3.Symptom;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Objects that extraction reads and writes, each within a short time: a checkpoint waits for it.
 * When an object fails, and our own bucket does not, its image waits in its place.
 */
public final class StoredObjects implements AutoCloseable {
  /** Time in which an object of others must have been read. */
  public static final Duration LIMIT = Duration.ofSeconds(2);

  /** Time in which an object of ours must have been read or written. */
  private static final Duration OWN_LIMIT = Duration.ofSeconds(10);

  private final OwnBucket bucket;
  private final ObjectStore named;
  private final ObjectStore own;
  private final StoreHealth health;

  /** An object cannot be read or written now, and this is not the installation's failure. */
  public static final class NotNowException extends Exception {
    private static final long serialVersionUID = 1L;

    NotNowException(String sentence) {
      super(sentence);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  private interface Request<T> {
    T make() throws ObjectUnavailableException;
  }

  /** Opens the stores; the caller closes this. */
  public static StoredObjects open(OwnBucket bucket) {
    return new StoredObjects(
        bucket,
        bucket.store().open(LIMIT),
        bucket.store().open(OWN_LIMIT),
        StoreHealth.ofProcess(bucket));
  }

  StoredObjects(OwnBucket bucket, ObjectStore named, ObjectStore own, StoreHealth health) {
    this.bucket = bucket;
    this.named = named;
    this.own = own;
    this.health = health;
  }

  /**
   * An object that an image names.
   *
   * @throws ObjectUnavailableException when it can never be read
   * @throws NotNowException when it cannot be read now
   * @throws IOException when the installation fails, and the job must restart
   */
  public byte[] read(S3Object object, long maxBytes)
      throws ObjectUnavailableException, NotNowException, IOException {
    if (!health.mayTry(object)) {
      throw new NotNowException(
          health.isFailing(object.getBucket())
              ? "Objects of the bucket "
                  + object.getBucket()
                  + " cannot be read at present: check that it serves requests and that relook may"
                  + " read it."
              : "The object " + object.getKey() + " could not be read a moment ago.");
    }
    return served(object, Kind.READ, () -> named.get(object, maxBytes));
  }

  /** Whether an object of ours exists. */
  boolean exists(S3Object object) throws NotNowException, IOException {
    return own(object, Kind.READ, () -> own.exists(object));
  }

  /** Writes an object of ours. */
  void put(S3Object object, byte[] bytes, String contentType) throws NotNowException, IOException {
    own(
        object,
        Kind.WRITE,
        () -> {
          own.put(object, bytes, contentType, Optional.ofNullable(bucket.kmsKeyId()));
          return bytes;
        });
  }

  private <T> T own(S3Object object, Kind kind, Request<T> request)
      throws NotNowException, IOException {
    try {
      return served(object, kind, request);
    } catch (ObjectUnavailableException e) {
      throw bucket.unusable(e);
    }
  }

  private <T> T served(S3Object object, Kind kind, Request<T> request)
      throws ObjectUnavailableException, NotNowException, IOException {
    try {
      T made = request.make();
      health.succeeded(object);
      return made;
    } catch (ObjectUnavailableException e) {
      FailureScope scope = health.failed(object, kind, e);
      if (scope == FailureScope.OBJECT_FOR_GOOD) {
        throw e;
      }
      if (scope == FailureScope.INSTALLATION) {
        throw bucket.unusable(e);
      }
      throw notNow(object, kind, e);
    } catch (UncheckedIOException e) {
      if (health.failed(object, kind, e) == FailureScope.INSTALLATION) {
        throw e;
      }
      throw notNow(object, kind, e);
    }
  }

  private static NotNowException notNow(S3Object object, Kind kind, Exception e) {
    NotNowException notNow =
        new NotNowException(
            "The object "
                + object.getKey()
                + " in bucket "
                + object.getBucket()
                + " cannot be "
                + (kind == Kind.READ ? "read" : "written")
                + ": "
                + Symptom.of(e).map(Symptom::words).orElse("the store does not serve it")
                + ". Check it, the bucket and relook's rights.");
    notNow.initCause(e);
    return notNow;
  }

  @Override
  public void close() {
    try (own) {
      named.close();
    }
  }
}

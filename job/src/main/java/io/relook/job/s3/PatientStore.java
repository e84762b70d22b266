package io.relook.job.s3;

import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.job.s3.StoreProbe.Kind;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store for work beside the stream, which has a time limit of its own: it waits while only one
 * object or one bucket fails, so that the job does not restart. The time limit interrupts the wait.
 *
 * <ul>
 *   <li>A failure that cannot heal, and a refusal, of one object of others is passed on at once.
 *   <li>A failure of the installation is passed on as one that restarts the job.
 *   <li>Everything else is tried again, with growing pauses.
 * </ul>
 */
public final class PatientStore implements ObjectStore {
  private static final Logger LOG = LoggerFactory.getLogger(PatientStore.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

  /** Tries of one object of others that fails alone; each is tried again by the store too. */
  static final int TRIES_OF_AN_OBJECT = 4;

  private final ObjectStore store;
  private final OwnBucket own;
  private final StoreHealth health;
  private final Pauses pauses;
  private final int mostTries;

  /** How it waits between two tries. */
  @FunctionalInterface
  public interface Pauses {
    void pause(Duration time) throws InterruptedException;

    /** Waits in the thread at hand. */
    static Pauses sleeping() {
      return time -> TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    /** Lets other work have its turn meanwhile; the thread at hand holds one permit. */
    static Pauses releasing(Semaphore turns) {
      return time -> {
        turns.release();
        try {
          TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } finally {
          turns.acquireUninterruptibly();
        }
      };
    }
  }

  /**
   * @param store closed with this
   * @param own relook's own bucket
   */
  public PatientStore(ObjectStore store, OwnBucket own, Pauses pauses) {
    this(store, own, StoreHealth.ofProcess(own), pauses, Integer.MAX_VALUE);
  }

  /**
   * A store for work that the stream waits for: it is patient for some tries, and then says that
   * the object is not served, also one of ours.
   */
  public static PatientStore forAWhile(ObjectStore store, OwnBucket own, Pauses pauses) {
    return new PatientStore(store, own, StoreHealth.ofProcess(own), pauses, TRIES_OF_AN_OBJECT);
  }

  PatientStore(ObjectStore store, OwnBucket own, StoreHealth health, Pauses pauses, int mostTries) {
    this.mostTries = mostTries;
    this.store = store;
    this.own = own;
    this.health = health;
    this.pauses = pauses;
  }

  private interface Request<T> {
    T make() throws ObjectUnavailableException;
  }

  private <T> T served(S3Object object, Kind kind, boolean underKey, Request<T> request)
      throws ObjectUnavailableException {
    Duration pause = FIRST_PAUSE;
    for (int tries = 1; ; tries++) {
      try {
        T made = request.make();
        health.succeeded(object);
        return made;
      } catch (ObjectUnavailableException e) {
        FailureScope scope = health.failed(object, kind, e);
        if (isPassedOn(object, scope, underKey)
            || tries == mostTries && scope != FailureScope.INSTALLATION
            || scope == FailureScope.OBJECT && e.reason() == Reason.KMS_KEY_UNUSABLE) {
          throw e;
        }
        requireInstallation(scope, e);
      } catch (UncheckedIOException e) {
        FailureScope scope = health.failed(object, kind, e);
        if (scope == FailureScope.INSTALLATION || scope == FailureScope.DEFECT) {
          throw e;
        }
        if (tries == mostTries
            || tries == TRIES_OF_AN_OBJECT && scope == FailureScope.OBJECT && !isOurs(object)) {
          throw notServed(object, e);
        }
        LOG.info("Trying s3://{}/{} again", object.getBucket(), object.getKey(), e);
      }
      waitFor(pause);
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
  }

  /** Whether waiting does not help, or the caller has a better answer than waiting. */
  private boolean isPassedOn(S3Object object, FailureScope scope, boolean underKey) {
    boolean ours = isOurs(object);
    return switch (scope) {
      case OBJECT_FOR_GOOD, DEFECT -> true;
      // Of our own objects only a key of others is refused for a reason that a person must mend.
      case OBJECT -> !ours || underKey;
      // The caller says that our own bucket cannot be used, and the job restarts.
      case INSTALLATION -> ours;
      case BUCKET, BACK_OFF -> false;
    };
  }

  private boolean isOurs(S3Object object) {
    return object.getBucket().equals(own.name());
  }

  private static ObjectUnavailableException notServed(S3Object object, UncheckedIOException e) {
    ObjectUnavailableException notServed =
        new ObjectUnavailableException(
            Reason.NOT_SERVED,
            "The store serves other objects, but not "
                + object.getKey()
                + " in bucket "
                + object.getBucket()
                + ": "
                + Symptom.of(e).orElse(Symptom.SERVER_ERROR).words()
                + ".");
    notServed.initCause(e);
    return notServed;
  }

  private static void requireInstallation(FailureScope scope, ObjectUnavailableException e) {
    if (scope == FailureScope.INSTALLATION) {
      throw new StoreUnavailableException(
          Symptom.of(e).orElse(Symptom.REFUSED),
          new IOException("The store serves no object, ours neither: " + e.getMessage(), e));
    }
  }

  private void waitFor(Duration pause) {
    try {
      pauses.pause(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(
          new InterruptedIOException("Interrupted while waiting for the store"));
    }
  }

  @Override
  public byte[] get(S3Object location, long maxBytes) throws ObjectUnavailableException {
    return served(location, Kind.READ, false, () -> store.get(location, maxBytes));
  }

  @Override
  public boolean exists(S3Object location) throws ObjectUnavailableException {
    return served(location, Kind.READ, false, () -> store.exists(location));
  }

  @Override
  public void put(S3Object location, byte[] bytes, String contentType, Optional<String> kmsKeyId)
      throws ObjectUnavailableException {
    served(
        location,
        Kind.WRITE,
        kmsKeyId.isPresent(),
        () -> {
          store.put(location, bytes, contentType, kmsKeyId);
          return bytes;
        });
  }

  @Override
  public boolean copyUnderKey(S3Object location, String kmsKeyId)
      throws ObjectUnavailableException {
    return served(location, Kind.WRITE, true, () -> store.copyUnderKey(location, kmsKeyId));
  }

  @Override
  public List<String> list(String bucket, String prefix) throws ObjectUnavailableException {
    return served(
        new S3Object(bucket, prefix, null), Kind.READ, false, () -> store.list(bucket, prefix));
  }

  @Override
  public boolean move(S3Object from, String toKey) throws ObjectUnavailableException {
    return served(from, Kind.WRITE, false, () -> store.move(from, toKey));
  }

  @Override
  public void removeAll(String bucket, List<String> keys) throws ObjectUnavailableException {
    if (!keys.isEmpty()) {
      served(
          new S3Object(bucket, keys.get(0), null),
          Kind.WRITE,
          false,
          () -> {
            store.removeAll(bucket, keys);
            return keys;
          });
    }
  }

  @Override
  public void remove(S3Object location) throws ObjectUnavailableException {
    served(
        location,
        Kind.WRITE,
        false,
        () -> {
          store.remove(location);
          return location;
        });
  }

  @Override
  public void requireWritable(S3Location location, Duration timeout)
      throws ObjectUnavailableException {
    store.requireWritable(location, timeout);
  }

  @Override
  public void close() {
    store.close();
  }
}

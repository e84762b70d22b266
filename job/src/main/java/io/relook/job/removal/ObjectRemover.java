package io.relook.job.removal;

import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes, moves and restores objects, and logs it. */
final class ObjectRemover implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectRemover.class);

  /** Objects moved at the same time: a step of 200 objects takes 25 times as long as one object. */
  private static final int THREADS = 8;

  private final ObjectStore store;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          task -> {
            Thread thread = new Thread(task, "relook-remove");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param store not closed here
   */
  ObjectRemover(ObjectStore store) {
    this.store = store;
  }

  /**
   * Takes the step for each object, for several at the same time. When the store does not allow a
   * removal, the object stays and the log says so: a customer may deny relook access to a published
   * file, and the job must not fail because of that. The other steps take place in relook's own
   * bucket: there, only an unusable encryption key of a customer is tolerated, and an object that
   * fails alone.
   *
   * @return number of objects for which the step was taken or was not necessary
   * @throws IOException when relook's own bucket cannot be used
   * @throws java.io.UncheckedIOException when the store could not be reached
   */
  int take(ObjectRemoval removal) throws IOException, InterruptedException {
    int done = 0;
    if (removal.step() == ObjectRemoval.Step.REMOVE_BELOW) {
      for (S3Object prefix : removal.objects()) {
        done += removeBelow(removal, prefix);
      }
    } else if (removal.step() == ObjectRemoval.Step.ERASE) {
      done = erase(removal);
    } else {
      done = takeEach(removal);
    }
    LOG.info(
        "{} for {} of {} objects of {}/{}: {}",
        removal.step(),
        done,
        removal.objects().size(),
        removal.account(),
        removal.project(),
        removal.reason());
    return done;
  }

  private int takeEach(ObjectRemoval removal) throws IOException, InterruptedException {
    List<Future<Boolean>> taken = new ArrayList<>();
    for (S3Object object : removal.objects()) {
      taken.add(threads.submit(() -> isTaken(removal, object, () -> take(removal.step(), object))));
    }
    int done = 0;
    for (Future<Boolean> one : taken) {
      try {
        done += one.get() ? 1 : 0;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException failure) {
          throw failure;
        }
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IllegalStateException("A step failed", e.getCause());
      }
    }
    return done;
  }

  /** A step for one object. */
  private interface Taking {
    void run() throws ObjectUnavailableException;
  }

  private static boolean isTaken(ObjectRemoval removal, S3Object object, Taking taking)
      throws IOException {
    try {
      taking.run();
      return true;
    } catch (ObjectUnavailableException e) {
      if (removal.step() != ObjectRemoval.Step.REMOVE
          && e.reason() != Reason.KMS_KEY_UNUSABLE
          && e.reason() != Reason.NOT_SERVED) {
        throw unusable(object.getBucket(), e);
      }
      LOG.warn(
          "s3://{}/{} of {}/{} stays as it is although {} (step {}): {} If it must go, remove"
              + " it by hand.",
          object.getBucket(),
          object.getKey(),
          removal.account(),
          removal.project(),
          removal.reason(),
          removal.step(),
          e.getMessage());
      return false;
    }
  }

  private void take(ObjectRemoval.Step step, S3Object object) throws ObjectUnavailableException {
    switch (step) {
      case REMOVE -> store.remove(object);
      case TO_TRASH -> moveToTrash(object);
      case RESTORE -> restore(object);
      case ERASE, REMOVE_BELOW -> throw new IllegalArgumentException("Of many at once: " + step);
    }
  }

  private void moveToTrash(S3Object object) throws ObjectUnavailableException {
    try {
      store.move(object, inTrash(object).getKey());
    } catch (ObjectUnavailableException e) {
      if (e.reason() != Reason.KMS_KEY_UNUSABLE) {
        throw e;
      }
      // Nobody can decrypt it, so nobody can need it.
      store.remove(object);
    }
  }

  private void restore(S3Object object) throws ObjectUnavailableException {
    if (store.exists(object)) {
      store.remove(inTrash(object));
    } else {
      store.move(inTrash(object), object.getKey());
    }
  }

  private int erase(ObjectRemoval removal) throws IOException {
    return removeAll(removal, removal.objects().stream().map(ObjectRemover::inTrash).toList());
  }

  private int removeBelow(ObjectRemoval removal, S3Object prefix) throws IOException {
    List<String> keys;
    try {
      keys = store.list(prefix.getBucket(), prefix.getKey());
    } catch (ObjectUnavailableException e) {
      throw unusable(prefix.getBucket(), e);
    }
    return removeAll(
        removal, keys.stream().map(key -> new S3Object(prefix.getBucket(), key, null)).toList());
  }

  /** All are in relook's own bucket. */
  private int removeAll(ObjectRemoval removal, List<S3Object> objects) throws IOException {
    if (objects.isEmpty()) {
      return 0;
    }
    String bucket = objects.get(0).getBucket();
    try {
      store.removeAll(bucket, objects.stream().map(S3Object::getKey).toList());
      return objects.size();
    } catch (ObjectUnavailableException e) {
      if (e.reason() != Reason.NOT_SERVED) {
        throw unusable(bucket, e);
      }
    }
    // One of them fails alone. It stays, the others go.
    int done = 0;
    for (S3Object object : objects) {
      done += isTaken(removal, object, () -> store.remove(object)) ? 1 : 0;
    }
    return done;
  }

  private static IOException unusable(String bucket, ObjectUnavailableException e) {
    return new IOException(
        "relook's own bucket " + bucket + " cannot be used: check s3.bucket.", e);
  }

  private static S3Object inTrash(S3Object object) {
    return new S3Object(object.getBucket(), BucketLayout.trash(object.getKey()), null);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}

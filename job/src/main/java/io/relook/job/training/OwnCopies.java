package io.relook.job.training;

import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.Mask;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingImage;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The objects of relook's own bucket that belong to the images of a training: pictures that came in
 * their messages, masks, features and picture statistics. Pictures in other buckets, or of another
 * project, are not relook's own and stay untouched.
 */
final class OwnCopies {

  /** Requests at the same time; most of their time is waiting for the store. */
  private static final int THREADS = 8;

  private final ObjectStore store;
  private final String bucket;
  private final String project;

  /**
   * @param bucket relook's own bucket
   * @param project account/project of the images
   */
  OwnCopies(ObjectStore store, String bucket, String project) {
    this.store = store;
    this.bucket = bucket;
    this.project = project;
  }

  /**
   * Encrypts all of them under a key; an object that is under it already is not copied. A missing
   * object is ignored here: the step that reads it handles that.
   *
   * @return number of objects that were copied
   * @throws ObjectUnavailableException when one of them cannot be put under the key
   * @throws java.io.UncheckedIOException when the store could not be reached
   */
  int putUnderKey(List<TrainingImage> lines, String kmsKeyId)
      throws ObjectUnavailableException, IOException, InterruptedException {
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Boolean>> copies = new ArrayList<>();
      for (String key : keys(lines)) {
        copies.add(executor.submit(() -> putUnderKey(new S3Object(bucket, key, null), kmsKeyId)));
      }
      int copied = 0;
      for (Future<Boolean> copy : copies) {
        copied += copy.get() ? 1 : 0;
      }
      return copied;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ObjectUnavailableException unavailable) {
        throw unavailable;
      }
      if (e.getCause() instanceof RuntimeException broken) {
        throw broken;
      }
      throw new IOException(e.getCause());
    } finally {
      executor.shutdownNow();
    }
  }

  private boolean putUnderKey(S3Object object, String kmsKeyId) throws ObjectUnavailableException {
    try {
      return store.copyUnderKey(object, kmsKeyId);
    } catch (ObjectUnavailableException e) {
      if (e.reason() == Reason.NO_SUCH_KEY) {
        return false;
      }
      throw e;
    }
  }

  private Set<String> keys(List<TrainingImage> lines) {
    Set<String> keys = new TreeSet<>();
    for (TrainingImage line : lines) {
      StoredPicture picture = line.picture();
      Mask mask = line.mask();
      keys.add(picture.featuresKey());
      keys.add(picture.statisticsKey());
      if (BucketLayout.keeps(bucket, project, picture)) {
        keys.add(picture.key());
      }
      if (mask != null && BucketLayout.keeps(bucket, project, mask)) {
        keys.add(mask.key());
      }
    }
    return keys;
  }
}

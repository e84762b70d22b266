package io.relook.job.removal;

import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.wire.S3Object;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes objects that nothing refers to any more, and says so. */
final class Removals {
  private static final Logger LOG = LoggerFactory.getLogger(Removals.class);

  private final ObjectStore store;

  Removals(ObjectStore store) {
    this.store = store;
  }

  /**
   * Removes what can be removed. What the store refuses to remove stays, with a line in the log: a
   * customer may keep our files from us, and no job is to fail for that.
   *
   * @return number of objects that are gone now
   * @throws java.io.UncheckedIOException when the store could not be reached
   */
  int remove(Removal removal) {
    int removed = 0;
    for (S3Object object : removal.objects()) {
      try {
        store.remove(object);
        removed++;
      } catch (ObjectUnavailableException e) {
        LOG.warn(
            "s3://{}/{} of {}/{} stays although {}: {} Remove it by hand if it must go.",
            object.getBucket(),
            object.getKey(),
            removal.account(),
            removal.project(),
            removal.reason(),
            e.getMessage());
      }
    }
    LOG.info(
        "Removed {} of {} objects of {}/{}: {}",
        removed,
        removal.objects().size(),
        removal.account(),
        removal.project(),
        removal.reason());
    return removed;
  }
}

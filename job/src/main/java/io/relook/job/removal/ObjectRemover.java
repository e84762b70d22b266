package io.relook.job.removal;

import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.job.s3.ObjectUnavailableException.Reason;
import io.relook.wire.S3Object;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes objects that nothing refers to any more, in the steps they ask for, and says so. */
final class ObjectRemover {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectRemover.class);

  private final ObjectStore store;

  ObjectRemover(ObjectStore store) {
    this.store = store;
  }

  /**
   * Takes a step for each object. What the store keeps from being removed stays as it is, with a
   * line in the log: a customer may keep our files from us, and no job is to fail for that. The
   * other steps are taken in relook's own bucket, where only a customer's key may be in the way.
   *
   * @return number of objects that the step was taken for, or needed none
   * @throws IOException when relook's own bucket cannot be used
   * @throws java.io.UncheckedIOException when the store could not be reached
   */
  int take(ObjectRemoval removal) throws IOException {
    int done = 0;
    for (S3Object object : removal.objects()) {
      try {
        take(removal.step(), object);
        done++;
      } catch (ObjectUnavailableException e) {
        if (removal.step() != ObjectRemoval.Step.REMOVE && e.reason() != Reason.KMS_KEY_UNUSABLE) {
          throw new IOException(
              "relook's own bucket " + object.getBucket() + " cannot be used: check s3.bucket.", e);
        }
        LOG.warn(
            "s3://{}/{} of {}/{} stays as it is although {} ({}): {} Remove it by hand if it must"
                + " go.",
            object.getBucket(),
            object.getKey(),
            removal.account(),
            removal.project(),
            removal.reason(),
            removal.step(),
            e.getMessage());
      }
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

  private void take(ObjectRemoval.Step step, S3Object object) throws ObjectUnavailableException {
    switch (step) {
      case REMOVE -> store.remove(object);
      case TO_TRASH -> setAside(object);
      case RESTORE -> putBack(object);
      case ERASE -> store.remove(aside(object));
    }
  }

  private void setAside(S3Object object) throws ObjectUnavailableException {
    try {
      store.move(object, aside(object).getKey());
    } catch (ObjectUnavailableException e) {
      if (e.reason() != Reason.KMS_KEY_UNUSABLE) {
        throw e;
      }
      // Nobody can read it as it is, so nobody can miss it.
      store.remove(object);
    }
  }

  private void putBack(S3Object object) throws ObjectUnavailableException {
    if (store.exists(object)) {
      store.remove(aside(object));
    } else {
      store.move(aside(object), object.getKey());
    }
  }

  private static S3Object aside(S3Object object) {
    return new S3Object(object.getBucket(), BucketLayout.trash(object.getKey()), null);
  }
}

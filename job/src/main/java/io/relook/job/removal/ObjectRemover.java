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

/** Removes, moves and restores objects, and logs it. */
final class ObjectRemover {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectRemover.class);

  private final ObjectStore store;

  ObjectRemover(ObjectStore store) {
    this.store = store;
  }

  /**
   * Takes the step for each object. When the store does not allow a removal, the object stays and
   * the log says so: a customer may deny relook access to a published file, and the job must not
   * fail because of that. The other steps take place in relook's own bucket: there, only an
   * unusable encryption key of a customer is tolerated, and an object that fails alone.
   *
   * @return number of objects for which the step was taken or was not necessary
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
        if (removal.step() != ObjectRemoval.Step.REMOVE
            && e.reason() != Reason.KMS_KEY_UNUSABLE
            && e.reason() != Reason.NOT_SERVED) {
          throw new IOException(
              "relook's own bucket " + object.getBucket() + " cannot be used: check s3.bucket.", e);
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
      case TO_TRASH -> moveToTrash(object);
      case RESTORE -> restore(object);
      case ERASE -> store.remove(inTrash(object));
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

  private static S3Object inTrash(S3Object object) {
    return new S3Object(object.getBucket(), BucketLayout.trash(object.getKey()), null);
  }
}

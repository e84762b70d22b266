package io.relook.job.s3;

import java.io.Serializable;
import java.time.Duration;

/**
 * Opens an object store where it is used. It is serialized to the task managers, so it holds no
 * connection.
 */
@FunctionalInterface
public interface ObjectStoreFactory extends Serializable {

  /** A new store; the caller closes it. */
  ObjectStore open();

  /**
   * A new store that gives up every request after this time; the caller closes it. It does not wait
   * when the store asks for fewer requests.
   */
  default ObjectStore open(Duration limit) {
    return open();
  }
}

package io.relook.job.s3;

import java.io.Serializable;

/**
 * Opens an object store where it is used. It is serialized to the task managers, so it holds no
 * connection.
 */
@FunctionalInterface
public interface ObjectStoreFactory extends Serializable {

  /** A new store; the caller closes it. */
  ObjectStore open();
}

package io.relook.job.s3;

import java.io.Serializable;

/** Opens an object store where it is used: travels to the task managers, holds no connection. */
@FunctionalInterface
public interface ObjectStoreFactory extends Serializable {

  /** A new store; whoever opens it closes it. */
  ObjectStore open();
}

package io.relook.job.probe;

import io.relook.job.s3.ObjectStoreFactory;
import java.io.Serializable;
import java.time.Duration;

/**
 * How output buckets are probed.
 *
 * @param store opens the store that output buckets are in
 * @param timeout longest time for one request
 * @param kept how long a result is kept
 */
public record ProbeSettings(ObjectStoreFactory store, Duration timeout, Duration kept)
    implements Serializable {

  /** The contract allows five commands a second, and each waits for seconds at most. */
  public static final int THREADS = 4;

  /** Commands that one subtask holds at most. */
  public static final int QUEUE = 16;
}

package io.relook.job.probe;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.RegistryInput;
import io.relook.job.s3.ObjectStoreFactory;
import java.time.Clock;
import java.time.Duration;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * How output buckets are probed.
 *
 * @param store opens the store that output buckets are in
 * @param timeout longest time for one request
 * @param kept how long a result is kept
 */
public record ProbeSettings(ObjectStoreFactory store, Duration timeout, Duration kept)
    implements OrderedStep.Factory<RegistryInput, RegistryInput> {

  /** The contract allows five commands a second, and each waits for seconds at most. */
  public static final int THREADS = 4;

  /** Commands that one subtask holds at most. */
  public static final int QUEUE = 16;

  @Override
  public OrderedStep<RegistryInput, RegistryInput> open(RuntimeContext context) {
    return new OutputBucketProbe(store.open(), timeout, kept, Clock.systemUTC());
  }
}

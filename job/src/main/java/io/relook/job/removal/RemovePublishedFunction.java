package io.relook.job.removal;

import io.relook.job.async.BoundedAsyncFunction;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.log.LogContext;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.job.s3.PatientStore;
import java.io.IOException;
import java.time.Duration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes files of deleted models from the buckets in which they were published, beside the stream
 * and in any order: versions are never used twice in a project, and nothing reads what is removed.
 * What is in flight is in the checkpoint; it keeps no other state.
 */
public final class RemovePublishedFunction
    extends BoundedAsyncFunction<ObjectRemoval, ObjectRemoval> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(RemovePublishedFunction.class);

  /** After this time the files stay; twice what the client of the store takes for its tries. */
  private static final Duration TIME_LIMIT = Duration.ofMinutes(10);

  private static final int THREADS = 2;

  private final OwnBucket own;
  private transient @Nullable ObjectStore store;
  private transient @Nullable ObjectRemover remover;
  private transient Counter objectsRemoved;

  /**
   * @param own relook's own bucket, which shows whether the store as a whole fails
   */
  @SuppressWarnings("NullAway.Init") // transient members are set when the function is opened
  public RemovePublishedFunction(OwnBucket own) {
    super(THREADS, "relook-remove-published", TIME_LIMIT);
    this.own = own;
  }

  @Override
  protected void openResources() {
    ObjectStore opened = new PatientStore(own.store().open(), own, PatientStore.Pauses.sleeping());
    store = opened;
    remover = new ObjectRemover(opened);
    objectsRemoved =
        getRuntimeContext()
            .getMetricGroup()
            .counter("objectsRemoved", new ThreadSafeSimpleCounter());
  }

  @Override
  protected ObjectRemoval work(ObjectRemoval removal) throws IOException, InterruptedException {
    ObjectRemover opened = remover;
    if (opened == null) {
      throw new IllegalStateException("The function is not open");
    }
    objectsRemoved.inc(opened.take(removal));
    return removal;
  }

  @Override
  protected LogContext logContext(ObjectRemoval removal) {
    return LogContext.project(removal.account(), removal.project());
  }

  @Override
  protected ObjectRemoval timedOut(ObjectRemoval removal) {
    LOG.warn(
        "{} of {}/{} stay as they are although {}: the store did not answer within {} minutes. If"
            + " they must go, remove them by hand.",
        removal.objects(),
        removal.account(),
        removal.project(),
        removal.reason(),
        TIME_LIMIT.toMinutes());
    return removal;
  }

  @Override
  protected void closeResources() {
    if (remover != null) {
      remover.close();
      remover = null;
    }
    if (store != null) {
      store.close();
      store = null;
    }
  }
}

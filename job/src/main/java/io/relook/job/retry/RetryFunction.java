package io.relook.job.retry;

import io.relook.job.async.BoundedAsyncFunction;
import io.relook.job.domain.RetryRequest;
import io.relook.job.extraction.StoredObjects;
import io.relook.job.kafka.MessageLog;
import io.relook.job.log.LogContext;
import io.relook.job.s3.BucketMetrics;
import io.relook.job.s3.OwnBucket;
import java.time.Clock;
import java.time.Duration;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link ImageRetries} on Flink, beside the stream. Tries in flight are in the checkpoint; it
 * keeps no other state.
 *
 * <p>Metrics: {@link BucketMetrics}.
 */
public final class RetryFunction extends BoundedAsyncFunction<RetryRequest, Retried> {
  private static final long serialVersionUID = 1L;

  /** A try reads objects within a short time, and perhaps the log. */
  private static final Duration TIME_LIMIT = Duration.ofMinutes(5);

  /** Images looked at at the same time in one subtask. */
  private static final int THREADS = 4;

  private final OwnBucket bucket;
  private final MessageLog log;
  private final long maxBytes;
  private final Duration unavailableFor;
  private transient @Nullable StoredObjects objects;
  private transient @Nullable ImageRetries retries;

  /**
   * @param maxBytes largest encoded picture
   * @param unavailableFor after this time an image is given up
   */
  public RetryFunction(OwnBucket bucket, MessageLog log, long maxBytes, Duration unavailableFor) {
    super(THREADS, "relook-retry", TIME_LIMIT);
    this.bucket = bucket;
    this.log = log;
    this.maxBytes = maxBytes;
    this.unavailableFor = unavailableFor;
  }

  @Override
  protected void openResources() {
    StoredObjects opened = StoredObjects.open(bucket);
    objects = opened;
    retries =
        new ImageRetries(
            opened,
            log,
            maxBytes,
            new ImageRetries.Limit(unavailableFor, TimeUtils.formatWithHighestUnit(unavailableFor)),
            Clock.systemUTC());
    BucketMetrics.register(getRuntimeContext().getMetricGroup(), bucket);
  }

  @Override
  protected Retried work(RetryRequest request) throws Exception {
    ImageRetries opened = retries;
    if (opened == null) {
      throw new IllegalStateException("The function is not open");
    }
    return new Retried(opened.look(request).orElse(null));
  }

  @Override
  protected LogContext logContext(RetryRequest request) {
    return LogContext.project(request.account(), request.project());
  }

  /** The data set asks again. */
  @Override
  protected Retried timedOut(RetryRequest request) {
    return new Retried(null);
  }

  @Override
  protected void closeResources() {
    retries = null;
    if (objects != null) {
      objects.close();
      objects = null;
    }
  }
}

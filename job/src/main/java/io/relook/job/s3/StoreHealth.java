package io.relook.job.s3;

import io.relook.job.s3.FailureScope.Probe;
import io.relook.wire.S3Object;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process knows of the store: which buckets of others fail, and whether our own does too.
 * All threads of a process share one. Safe for use by several threads.
 */
public final class StoreHealth {
  private static final Logger LOG = LoggerFactory.getLogger(StoreHealth.class);
  private static final Map<OwnBucket, StoreHealth> OF_PROCESS = new ConcurrentHashMap<>();

  private final OwnBucket own;
  private final StoreProbe probe;
  private final LongSupplier nanos;
  private final Breakers breakers = new Breakers();

  StoreHealth(OwnBucket own, LongSupplier nanos) {
    this.own = own;
    this.nanos = nanos;
    this.probe = new StoreProbe(own, nanos);
  }

  /** What this process knows. */
  public static StoreHealth ofProcess(OwnBucket own) {
    return OF_PROCESS.computeIfAbsent(own, bucket -> new StoreHealth(bucket, System::nanoTime));
  }

  /**
   * Decides whose failure a failed request is, and remembers it. May ask our own bucket.
   *
   * @param kind what failed
   */
  public FailureScope failed(S3Object object, StoreProbe.Kind kind, Throwable failure) {
    FailureScope known = FailureScope.of(failure, false, Probe.NOT_MADE);
    if (known == FailureScope.OBJECT_FOR_GOOD || known == FailureScope.DEFECT) {
      return known;
    }
    long failedAt = nanos.getAsLong();
    boolean ofOthers = !object.getBucket().equals(own.name());
    if (ofOthers && breakers.isOpen(object.getBucket())) {
      breakers.failed(object.getBucket(), object.getKey(), millis(failedAt));
      return FailureScope.of(failure, true, Probe.NOT_MADE);
    }
    Probe shown = known == FailureScope.BACK_OFF ? Probe.NOT_MADE : probe.after(kind, failedAt);
    if (ofOthers
        && shown != Probe.FAILED
        && breakers.failed(object.getBucket(), object.getKey(), millis(failedAt))) {
      LOG.warn(
          "Objects of the bucket {} cannot be read or written: {}. Until one can, its images are"
              + " kept as unavailable.",
          object.getBucket(),
          failure.getMessage());
    }
    return FailureScope.of(failure, ofOthers && breakers.isOpen(object.getBucket()), shown);
  }

  /** An object was read or written. */
  public void succeeded(S3Object object) {
    if (breakers.succeeded(object.getBucket(), object.getKey())) {
      LOG.info("The bucket {} can be read or written again", object.getBucket());
    }
  }

  /**
   * Whether an object may be asked for now: not when it has just failed, and seldom while its
   * bucket fails.
   */
  public boolean mayTry(S3Object object) {
    return breakers.mayTry(object.getBucket(), object.getKey(), millis(nanos.getAsLong()));
  }

  /** Whether objects of this bucket fail, and none is read. */
  public boolean isFailing(String bucket) {
    return breakers.isOpen(bucket);
  }

  /** Buckets of others whose breakers are open, sorted. */
  public List<String> failing() {
    return breakers.open();
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}

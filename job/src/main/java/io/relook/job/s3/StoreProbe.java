package io.relook.job.s3;

import io.relook.job.s3.FailureScope.Probe;
import io.relook.wire.S3Object;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether our own bucket fails too: reads or writes one fixed object of it, after a
 * failure, at most once a second for all threads. Safe for use by several threads.
 */
public final class StoreProbe {
  private static final Logger LOG = LoggerFactory.getLogger(StoreProbe.class);

  /** Prefix of the object in relook's own bucket. */
  public static final String PREFIX = "probe/";

  private static final String KEY = PREFIX + "alive";

  /** Longest answer that counts as one. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final OwnBucket bucket;
  private final LongSupplier nanos;
  private final Map<Kind, Made> last = new EnumMap<>(Kind.class);

  /** What failed. */
  public enum Kind {
    READ,
    WRITE
  }

  private record Made(long begunAt, Probe result) {}

  /**
   * @param nanos a clock that only runs forward
   */
  StoreProbe(OwnBucket bucket, LongSupplier nanos) {
    this.bucket = bucket;
    this.nanos = nanos;
  }

  /**
   * What our own bucket answers to a request of this kind, made after the failure.
   *
   * @param failedAt when the request failed, of the same clock
   */
  synchronized Probe after(Kind kind, long failedAt) {
    Made made = last.get(kind);
    if (made != null && made.begunAt() - failedAt >= 0) {
      return made.result();
    }
    if (made != null) {
      pause(made.begunAt() + PAUSE_NANOS - nanos.getAsLong());
    }
    long begunAt = nanos.getAsLong();
    Probe result = make(kind);
    last.put(kind, new Made(begunAt, result));
    return result;
  }

  private static void pause(long left) {
    try {
      TimeUnit.NANOSECONDS.sleep(left);
    } catch (InterruptedException e) {
      // The task ends: the probe fails at once, as the work does.
      Thread.currentThread().interrupt();
    }
  }

  private Probe make(Kind kind) {
    S3Object object = bucket.object(KEY);
    try (ObjectStore store = bucket.store().open(LIMIT)) {
      if (kind == Kind.WRITE) {
        store.put(object, new byte[] {1}, "text/plain", Optional.ofNullable(bucket.kmsKeyId()));
      } else {
        store.get(object, 1);
      }
      return Probe.SERVED;
    } catch (ObjectUnavailableException e) {
      // The store has answered to our credentials.
      return e.reason() == ObjectUnavailableException.Reason.NO_SUCH_KEY
          ? Probe.SERVED
          : failed(kind, e);
    } catch (UncheckedIOException e) {
      return Symptom.of(e).filter(symptom -> symptom == Symptom.SLOW_DOWN).isPresent()
          ? Probe.SERVED
          : failed(kind, e);
    }
  }

  private Probe failed(Kind kind, Exception e) {
    LOG.warn("A {} of relook's own bucket {} fails", kind, bucket.name(), e);
    return Probe.FAILED;
  }
}

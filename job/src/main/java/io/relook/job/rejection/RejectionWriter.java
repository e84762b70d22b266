package io.relook.job.rejection;

import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.wire.Rejection;
import io.relook.wire.S3Object;
import java.util.Optional;

/** Makes rejections. Writes a large message to the store before its rejection names it. */
public final class RejectionWriter {
  private final ObjectStore store;
  private final String bucket;

  /**
   * @param store not closed here
   * @param bucket relook's own bucket
   */
  public RejectionWriter(ObjectStore store, String bucket) {
    this.store = store;
    this.bucket = bucket;
  }

  /**
   * The rejection of a message. When this returns, the bytes of the message are safe.
   *
   * @throws IllegalStateException when relook's own bucket cannot be written to
   * @throws java.io.UncheckedIOException when the store cannot be reached
   */
  public Rejection reject(KafkaRecord origin, RejectionReason reason) {
    if (!RejectionRecords.mustBeKept(origin)) {
      return RejectionRecords.of(origin, reason, Optional.empty());
    }
    S3Object location = RejectionRecords.location(bucket, origin);
    byte[] value = origin.value();
    if (value == null) {
      throw new IllegalStateException("Only a message with bytes is kept");
    }
    try {
      store.put(location, value, "application/octet-stream", Optional.empty());
    } catch (ObjectUnavailableException e) {
      throw new IllegalStateException(
          "relook cannot write to its own bucket " + bucket + ": " + e.getMessage(), e);
    }
    return RejectionRecords.of(origin, reason, Optional.of(location));
  }
}

package io.relook.job.rejection;

import io.relook.job.digest.Digests;
import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.Rejection;
import io.relook.wire.S3Object;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/**
 * Turns a refused message into the record that says so.
 *
 * <p>A message of at most {@link #MAX_INLINE_BYTES} bytes travels in the rejection itself; of a
 * larger one the rejection holds digest, length and the place where it is kept.
 */
public final class Rejections {
  /** Largest message that travels inside its rejection. */
  public static final int MAX_INLINE_BYTES = 512 * 1024;

  private Rejections() {}

  /** Whether the message must be kept in the object store before it is rejected. */
  public static boolean mustBeKept(KafkaRecord origin) {
    byte[] value = origin.value();
    return value != null && value.length > MAX_INLINE_BYTES;
  }

  /** Where a message is kept that is too large for its rejection. */
  public static S3Object location(String bucket, KafkaRecord origin) {
    return new S3Object(
        bucket,
        "rejections/" + origin.topic() + "/" + origin.partition() + "-" + origin.offset(),
        null);
  }

  /**
   * The rejection of a message.
   *
   * @param keptAt where the message is kept, present exactly when {@link #mustBeKept} says so
   * @throws IllegalArgumentException when the bytes would be lost, or kept twice
   */
  public static Rejection of(KafkaRecord origin, Refusal refusal, Optional<S3Object> keptAt) {
    if (keptAt.isPresent() != mustBeKept(origin)) {
      throw new IllegalArgumentException(
          "The bytes of " + origin.place() + " belong into exactly one place");
    }
    // A tombstone has no bytes: it is told from an empty message by originalBytes being absent.
    byte[] value = origin.value();
    byte[] bytes = value == null ? new byte[0] : value;
    byte[] key = origin.key();
    return Rejection.newBuilder()
        .setTopic(origin.topic())
        .setPartition(origin.partition())
        .setOffset(origin.offset())
        .setTimestamp(Instant.ofEpochMilli(origin.timestamp()))
        .setKey(key == null ? null : ByteBuffer.wrap(key))
        .setOriginalBytes(value == null || keptAt.isPresent() ? null : ByteBuffer.wrap(value))
        .setOriginalDigest(Digests.sha256(bytes))
        .setOriginalLength(bytes.length)
        .setOriginalLocation(keptAt.orElse(null))
        .setStage(refusal.stage())
        .setCode(refusal.code().name())
        .setMessage(refusal.message())
        .setAccount(refusal.account())
        .setProject(refusal.project())
        .setSourceRef(refusal.sourceRef())
        .build();
  }
}

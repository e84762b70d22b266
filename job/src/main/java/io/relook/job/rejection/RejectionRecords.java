package io.relook.job.rejection;

import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.schemas.Excerpt;
import io.relook.schemas.NameLengths;
import io.relook.schemas.Sha256;
import io.relook.wire.Rejection;
import io.relook.wire.S3Object;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns a rejected message into the record that says so.
 *
 * <p>A message of at most {@link #MAX_INLINE_BYTES} bytes travels in the rejection itself; of a
 * larger one the rejection holds digest, length and the place where it is kept. Names that nobody
 * judged are cut to the length they may have, and the key to {@link #MAX_KEY_BYTES}, so that no
 * sender makes a rejection that its topic does not take: the message itself is whole, and relook
 * needs no key to read it again.
 */
public final class RejectionRecords {
  /** Largest message that travels inside its rejection. */
  public static final int MAX_INLINE_BYTES = 512 * 1024;

  /** Longest key of a message that its rejection repeats; relook's own have at most 320 bytes. */
  static final int MAX_KEY_BYTES = 1024;

  private RejectionRecords() {}

  /** Whether the message must be kept in the object store before it is rejected. */
  public static boolean mustBeKept(KafkaRecord origin) {
    byte[] value = origin.value();
    return value != null && value.length > MAX_INLINE_BYTES;
  }

  /** Where a message is kept that is too large for its rejection. */
  public static S3Object location(String bucket, KafkaRecord origin) {
    return new S3Object(bucket, BucketLayout.rejected(origin), null);
  }

  /**
   * The rejection of a message.
   *
   * @param keptAt where the message is kept, present exactly when {@link #mustBeKept} says so
   * @throws IllegalArgumentException when the bytes would be lost, or kept twice
   */
  public static Rejection of(
      KafkaRecord origin, RejectionReason reason, Optional<S3Object> keptAt) {
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
        .setKey(key == null ? null : ByteBuffer.wrap(key, 0, Math.min(key.length, MAX_KEY_BYTES)))
        .setOriginalBytes(value == null || keptAt.isPresent() ? null : ByteBuffer.wrap(value))
        .setOriginalDigest(Sha256.hex(bytes))
        .setOriginalLength(bytes.length)
        .setOriginalLocation(keptAt.orElse(null))
        .setStage(reason.stage())
        .setCode(reason.code().name())
        .setMessage(reason.message())
        .setAccount(shortened(reason.account(), NameLengths.ACCOUNT))
        .setProject(shortened(reason.project(), NameLengths.PROJECT))
        .setSourceRef(shortened(reason.sourceRef(), NameLengths.SOURCE_REF))
        .build();
  }

  private static @Nullable String shortened(@Nullable String name, int most) {
    return name == null ? null : Excerpt.of(name, most);
  }
}

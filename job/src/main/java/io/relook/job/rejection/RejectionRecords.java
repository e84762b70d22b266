package io.relook.job.rejection;

import io.relook.job.domain.BucketLayout;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionCode;
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
 * Turns a rejected message into a record of the topic of rejections.
 *
 * <p>A message of at most {@link #MAX_INLINE_BYTES} bytes travels in the rejection itself. For a
 * larger one, the rejection holds digest, length and the place where the bytes are kept. Names that
 * were not checked yet are shortened to their greatest length, and the key to {@link
 * #MAX_KEY_BYTES}, so that every rejection fits into its topic. The bytes of the message stay
 * complete, and relook reads them again without the key.
 */
public final class RejectionRecords {
  /** Largest message that travels inside its rejection. */
  public static final int MAX_INLINE_BYTES = 512 * 1024;

  /**
   * Bytes of a message's key that its rejection repeats at most; the keys of relook's own messages
   * have at most 320.
   */
  static final int MAX_KEY_BYTES = 1024;

  private RejectionRecords() {}

  /**
   * Whether a message came without its bytes, which must be read again. Extraction drops the bytes
   * of what the data set cannot reject by any rule, the data set those of what waits for a cut or
   * cannot be read; all of these may be rejected after all. Only a tombstone has none.
   */
  static boolean mustBeReadAgain(RejectedMessage rejected) {
    return rejected.origin().value() == null
        && rejected.reason().code() != RejectionCode.UNDECODABLE;
  }

  /**
   * The rejected message with its bytes.
   *
   * @param found the message in the log; empty when its topic does not keep it any more
   */
  static RejectedMessage readAgain(RejectedMessage rejected, Optional<KafkaRecord> found) {
    RejectionReason reason = rejected.reason();
    return found
        .map(origin -> new RejectedMessage(origin, reason))
        .orElseGet(
            () ->
                new RejectedMessage(
                    rejected.origin(),
                    new RejectionReason(
                        reason.stage(),
                        reason.code(),
                        reason.message()
                            + " The topic does not keep the message any more, so this rejection is"
                            + " without its bytes: send the image again.",
                        reason.account(),
                        reason.project(),
                        reason.sourceRef())));
  }

  /** Whether the message must be kept in the object store before it is rejected. */
  public static boolean mustBeKept(KafkaRecord origin) {
    byte[] value = origin.value();
    return value != null && value.length > MAX_INLINE_BYTES;
  }

  /** The place where a message that is too large for its rejection is kept. */
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
          "The bytes of " + origin.place() + " must be kept in exactly one place");
    }
    // A tombstone has no bytes: its originalBytes are absent, those of an empty message are empty.
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

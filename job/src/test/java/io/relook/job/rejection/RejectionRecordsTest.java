package io.relook.job.rejection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.Rejection;
import io.relook.wire.S3Object;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RejectionRecordsTest {
  private static final RejectionReason REFUSAL =
      new RejectionReason(
          "check-images", RejectionCode.UNDECODABLE, "Send Avro.", "123456789012", "p", "s3://b/k");
  private static final String DIGEST_OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  private final InMemoryObjectStore store = new InMemoryObjectStore("relook");

  @Test
  void aSmallMessageTravelsInItsRejection() {
    Rejection rejection = RejectionRecords.of(message("abc".getBytes()), REFUSAL, Optional.empty());

    assertThat(rejection.getTopic()).isEqualTo("relook.images");
    assertThat(rejection.getPartition()).isEqualTo(3);
    assertThat(rejection.getOffset()).isEqualTo(42);
    assertThat(rejection.getTimestamp()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_123L));
    assertThat(rejection.getKey()).isEqualTo(ByteBuffer.wrap(new byte[] {7}));
    assertThat(rejection.getOriginalBytes()).isEqualTo(ByteBuffer.wrap("abc".getBytes()));
    assertThat(rejection.getOriginalDigest()).isEqualTo(DIGEST_OF_ABC);
    assertThat(rejection.getOriginalLength()).isEqualTo(3);
    assertThat(rejection.getOriginalLocation()).isNull();
    assertThat(rejection.getStage()).isEqualTo("check-images");
    assertThat(rejection.getCode()).isEqualTo("UNDECODABLE");
    assertThat(rejection.getMessage()).isEqualTo("Send Avro.");
    assertThat(rejection.getAccount()).isEqualTo("123456789012");
    assertThat(rejection.getProject()).isEqualTo("p");
    assertThat(rejection.getSourceRef()).isEqualTo("s3://b/k");
  }

  @Test
  void aTombstoneIsToldFromAnEmptyMessage() {
    assertThat(RejectionRecords.of(message(null), REFUSAL, Optional.empty()).getOriginalBytes())
        .isNull();
    assertThat(
            RejectionRecords.of(message(new byte[0]), REFUSAL, Optional.empty()).getOriginalBytes())
        .isEqualTo(ByteBuffer.allocate(0));
  }

  @Test
  void namesAreCutSoThatTheRejectionFitsItsTopicAndTheMessageIsWhole() {
    String endless = "x".repeat(600_000);
    byte[] value = new byte[RejectionRecords.MAX_INLINE_BYTES];
    KafkaRecord message = new KafkaRecord("relook.images", 3, 42, 0, new byte[600_000], value);

    Rejection rejection =
        RejectionRecords.of(
            message,
            new RejectionReason(
                "check-images",
                RejectionCode.INVALID_MEMBER,
                "Mend it.",
                endless,
                endless,
                endless),
            Optional.empty());

    assertThat(rejection.getAccount()).isEqualTo("x".repeat(64) + "…");
    assertThat(rejection.getProject()).isEqualTo("x".repeat(255) + "…");
    assertThat(rejection.getSourceRef()).isEqualTo("x".repeat(2048) + "…");
    assertThat(rejection.getKey().remaining()).isEqualTo(RejectionRecords.MAX_KEY_BYTES);
    assertThat(rejection.getOriginalBytes()).isEqualTo(ByteBuffer.wrap(value));
    assertThat(MessageCodec.standard().encode(rejection))
        .hasSizeLessThan(Topic.REJECTIONS.maxMessageBytes());
  }

  @Test
  void aLargeMessageIsKeptBeforeItsRejectionNamesIt() {
    byte[] large = new byte[RejectionRecords.MAX_INLINE_BYTES + 1];
    large[5] = 5;

    Rejection rejection = new RejectionWriter(store, "relook").reject(message(large), REFUSAL);

    assertThat(rejection.getOriginalBytes()).isNull();
    assertThat(rejection.getOriginalLength()).isEqualTo(large.length);
    assertThat(rejection.getOriginalLocation())
        .isEqualTo(new S3Object("relook", "rejections/relook.images/3-42", null));
    assertThat(store.kept("relook", "rejections/relook.images/3-42").bytes()).isEqualTo(large);
  }

  @Test
  void aMessageOfExactlyTheBoundTravels() {
    Rejection rejection =
        new RejectionWriter(store, "relook")
            .reject(message(new byte[RejectionRecords.MAX_INLINE_BYTES]), REFUSAL);

    assertThat(rejection.getOriginalLocation()).isNull();
    assertThat(store.puts()).isZero();
  }

  @Test
  void aLargeMessageIsNeverRejectedWithoutBeingKept() {
    KafkaRecord large = message(new byte[RejectionRecords.MAX_INLINE_BYTES + 1]);
    store.removeBucket("relook");

    assertThatThrownBy(() -> RejectionRecords.of(large, REFUSAL, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RejectionWriter(store, "relook").reject(large, REFUSAL))
        .hasMessage("relook cannot write to its own bucket relook: There is no bucket relook.");
  }

  private static KafkaRecord message(byte @Nullable [] value) {
    return new KafkaRecord("relook.images", 3, 42, 1_700_000_000_123L, new byte[] {7}, value);
  }
}

package io.relook.job.rejection;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.MessageLog;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.Rejection;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.flink.streaming.api.operators.StreamMap;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** A rejection has the bytes of its message, also when the stage that rejects it has not. */
class WriteRejectionFunctionTest {
  private static final byte[] BYTES = {1, 2, 3};
  private static final KafkaRecord WITHOUT = new KafkaRecord("relook.images", 1, 7, 42, null, null);
  private static final KafkaRecord WITH = new KafkaRecord("relook.images", 1, 7, 42, null, BYTES);

  private final InMemoryObjectStore store = new InMemoryObjectStore("relook");

  @Test
  void theBytesOfAPoisonMessageAreReadAgain() throws Exception {
    Rejection rejection = written(RejectionCode.POISON, place -> Optional.of(WITH));

    assertThat(rejection.getOriginalBytes()).isEqualTo(ByteBuffer.wrap(BYTES));
    assertThat(rejection.getOriginalLength()).isEqualTo(3);
    assertThat(rejection.getMessage()).isEqualTo("A sentence.");
  }

  @Test
  void itSaysSoWhenTheyAreGone() throws Exception {
    Rejection rejection = written(RejectionCode.POISON, place -> Optional.empty());

    assertThat(rejection.getOriginalBytes()).isNull();
    assertThat(rejection.getMessage())
        .isEqualTo(
            "A sentence. The topic does not keep the message any more, so this rejection is without"
                + " its bytes: send the image again.");
  }

  @Test
  void aTombstoneHasNone() throws Exception {
    Rejection rejection =
        written(
            RejectionCode.UNDECODABLE,
            place -> {
              throw new AssertionError("It is not read again");
            });

    assertThat(rejection.getOriginalBytes()).isNull();
  }

  private Rejection written(RejectionCode code, MessageLog log) throws Exception {
    RejectedMessage rejected =
        new RejectedMessage(
            WITHOUT, new RejectionReason("dataset", code, "A sentence.", null, null, null));
    try (var harness =
        new OneInputStreamOperatorTestHarness<RejectedMessage, TopicRecord>(
            new StreamMap<>(
                new WriteRejectionFunction(
                    store.factory(), "relook", new TopicRecords("relook.", "relook."), log)))) {
      harness.open();
      harness.processElement(new StreamRecord<>(rejected));
      byte[] value = harness.extractOutputValues().get(0).value();
      return (Rejection)
          ((Decoded) MessageCodec.standard().decode(Topic.REJECTIONS, value)).record();
    }
  }
}

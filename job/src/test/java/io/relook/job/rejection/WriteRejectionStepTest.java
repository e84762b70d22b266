package io.relook.job.rejection;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.async.OrderedDrainingOperatorFactory;
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
import java.util.concurrent.CountDownLatch;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A rejection has the bytes of its message, also when the stage that rejects it has not. */
class WriteRejectionStepTest {
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
        new OneInputStreamOperatorTestHarness<RejectedMessage, TopicRecord>(factory(log))) {
      harness.open();
      harness.processElement(new StreamRecord<>(rejected));
      harness.prepareSnapshotPreBarrier(1);
      byte[] value = harness.extractOutputValues().get(0).value();
      return (Rejection)
          ((Decoded) MessageCodec.standard().decode(Topic.REJECTIONS, value)).record();
    }
  }

  private OrderedDrainingOperatorFactory<RejectedMessage, TopicRecord> factory(MessageLog log) {
    return new OrderedDrainingOperatorFactory<>(
        new RejectionFactory(
            store.factory(), "relook", new TopicRecords("relook.", "relook."), log),
        WriteRejectionStep.THREADS,
        WriteRejectionStep.QUEUE);
  }

  /**
   * What waited for a cut, or could not be read for a time, came without the bytes of its picture,
   * whatever it is rejected for.
   */
  @ParameterizedTest
  @EnumSource(value = RejectionCode.class, mode = EnumSource.Mode.EXCLUDE, names = "UNDECODABLE")
  void theBytesOfWhatWaitedAreReadAgain(RejectionCode code) throws Exception {
    assertThat(written(code, place -> Optional.of(WITH)).getOriginalBytes())
        .isEqualTo(ByteBuffer.wrap(BYTES));
  }

  /** A store that takes its time stops nobody: here it never answers. */
  @Test
  void theTasksThreadDoesNotWaitForTheStore() throws Exception {
    CountDownLatch answers = new CountDownLatch(1);
    try (var harness =
        new OneInputStreamOperatorTestHarness<RejectedMessage, TopicRecord>(
            factory(
                place -> {
                  try {
                    answers.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return Optional.of(WITH);
                }))) {
      harness.open();
      for (int i = 0; i < WriteRejectionStep.QUEUE; i++) {
        harness.processElement(
            new StreamRecord<>(
                new RejectedMessage(
                    WITHOUT,
                    new RejectionReason(
                        "dataset", RejectionCode.POISON, "A sentence.", null, null, null))));
      }
      assertThat(harness.extractOutputValues()).as("none is done, and nothing waited").isEmpty();
      answers.countDown();
      harness.prepareSnapshotPreBarrier(1);
      assertThat(harness.extractOutputValues()).hasSize(WriteRejectionStep.QUEUE);
    }
  }
}

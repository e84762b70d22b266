package io.relook.job.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.quarantine.PoisonMessageException;
import io.relook.job.quarantine.Quarantine;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.learning.features.FeatureExtractor;
import io.relook.learning.features.FeatureGrid;
import io.relook.learning.features.Features;
import io.relook.learning.picture.Picture;
import io.relook.wire.LabeledImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CrashIsolatingExtractionTest {
  private static final String KEY = "poison/relook.images/1-42";

  private final InMemoryObjectStore store = new InMemoryObjectStore("relook");
  private final QuarantineSettings settings =
      new QuarantineSettings(new OwnBucket(store.factory(), "relook", null), 3, 10);
  private final List<RejectionReason> rejections = new ArrayList<>();
  private final List<Long> waits = new ArrayList<>();

  @Test
  void whatIsInWorkAfterAStartIsOnRecordUntilItIsDone() throws Exception {
    List<String> onRecord = new ArrayList<>();
    CrashIsolatingExtraction guard =
        guard(
            message -> {
              onRecord.add(new String(store.kept("relook", KEY).bytes(), StandardCharsets.UTF_8));
              return outputs -> {};
            });

    guard.work(message());

    assertThat(onRecord).hasSize(1);
    assertThat(onRecord.get(0)).startsWith("{\"crashes\":1,\"writtenAt\":");
    assertThat(store.bucket("relook")).isEmpty();
  }

  @Test
  void afterSomeCheckpointsNothingIsPutOnRecord() throws Exception {
    CrashIsolatingExtraction guard = guard(message -> outputs -> {});
    for (int i = 0; i < 10; i++) {
      guard.checkpointCompleted(); // before the first message
    }
    for (int i = 0; i < CrashIsolatingExtraction.CAREFUL_CHECKPOINTS; i++) {
      guard.work(message());
      guard.checkpointCompleted();
    }
    int puts = store.puts();
    assertThat(puts).isEqualTo(CrashIsolatingExtraction.CAREFUL_CHECKPOINTS);

    guard.work(message());

    assertThat(store.puts()).isEqualTo(puts);
  }

  @Test
  void aMessageWithWhichTheProcessEndedThreeTimesIsPutIntoQuarantine() throws Exception {
    for (int crashes = 0; crashes < 3; crashes++) {
      assertThat(quarantined()).as("after %d crashes", crashes).isEmpty();
      endOfTheProcess();
    }

    assertThat(quarantined().orElseThrow()).startsWith("The process ended 3 times");
    // Apart from the others, the longer the more often.
    assertThat(waits).containsExactly(2_000L, 4_000L);
  }

  @Test
  void aSuspectedMessageThatDoesNoHarmIsCleared() throws Exception {
    endOfTheProcess();
    endOfTheProcess();

    guard(message -> outputs -> {}).work(message());

    assertThat(store.bucket("relook")).isEmpty();
    endOfTheProcess();
    assertThat(quarantined()).isEmpty();
  }

  @Test
  void aPictureThatRelookFailsOnIsRejectedWithItsNamesAndTheWorkGoesOn() throws Exception {
    CrashIsolatingExtraction guard =
        guard(
            message -> {
              throw new PoisonMessageException(
                  "decoding the picture", new IllegalStateException("a\nb" + "x".repeat(1_000)));
            });

    guard.work(message());

    assertThat(rejections).hasSize(1);
    assertThat(rejections.get(0).code()).isEqualTo(RejectionCode.POISON);
    assertThat(rejections.get(0).sourceRef()).isEqualTo("ref");
    assertThat(rejections.get(0).message())
        .startsWith("relook failed while decoding the picture: IllegalStateException: a bxxx")
        .hasSizeLessThan(600);
    assertThat(store.bucket("relook")).isEmpty();
  }

  @Test
  void aFailureOutsideRelookRejectsNoMessage() {
    CrashIsolatingExtraction guard =
        guard(
            message -> {
              throw new UncheckedIOException(new IOException("The store is down"));
            });

    assertThatThrownBy(() -> guard.work(message())).isInstanceOf(UncheckedIOException.class);

    assertThat(rejections).isEmpty();
    assertThat(store.bucket("relook")).isEmpty();
  }

  @Test
  void aTaskStartsWithoutTheStore() {
    store.unreachable(true);

    Quarantine quarantine = Quarantine.open(settings);

    assertThat(quarantine.sentence(message().origin())).isEmpty();
  }

  @Test
  void aPictureIsBlamedOnlyWhereAnotherWouldPass() {
    FeatureExtractor failsOnWhite =
        new Extractor(
            picture -> {
              if (picture.rgb()[0] != 0) {
                throw new IllegalStateException("white");
              }
            });
    FeatureExtractor withoutGpu =
        new Extractor(
            picture -> {
              throw new IllegalStateException("no GPU");
            });
    AtomicInteger calls = new AtomicInteger();
    FeatureExtractor failsOnce =
        new Extractor(
            picture -> {
              if (calls.getAndIncrement() == 0) {
                throw new IllegalStateException("memory was short");
              }
            });
    Picture white = new Picture(1, 1, new byte[] {1, 1, 1});

    assertThat(new FaultIsolatingExtractor(failsOnce).extract(white)).isNotNull();

    assertThatThrownBy(() -> new FaultIsolatingExtractor(failsOnWhite).extract(white))
        .isInstanceOf(PoisonMessageException.class)
        .hasRootCauseMessage("white");
    assertThatThrownBy(() -> new FaultIsolatingExtractor(withoutGpu).extract(white))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no GPU");
  }

  private record Extractor(java.util.function.Consumer<Picture> check) implements FeatureExtractor {
    @Override
    public Features extract(Picture picture) {
      check.accept(picture);
      return new Features(1, 1, List.of(new FeatureGrid("tap", 1, 1, 1, new short[1])));
    }

    @Override
    public void close() {}
  }

  /** Memory runs out, and with it the process: nothing is cleared. */
  private void endOfTheProcess() {
    CrashIsolatingExtraction guard =
        guard(
            message -> {
              throw new OutOfMemoryError("native");
            });
    assertThatThrownBy(() -> guard.work(message())).isInstanceOf(OutOfMemoryError.class);
  }

  private Optional<String> quarantined() {
    return Quarantine.open(settings).sentence(message().origin());
  }

  private interface Work {
    OrderedStep.Emission<ImageChange> on(CheckedImage message) throws Exception;
  }

  private CrashIsolatingExtraction guard(Work work) {
    return new CrashIsolatingExtraction(
        work::on,
        Quarantine.open(settings),
        "extract-features",
        (origin, reason) -> {
          rejections.add(reason);
          return outputs -> {};
        },
        bound -> {
          waits.add(bound);
          return 0;
        });
  }

  private static CheckedImage message() {
    return CheckedImage.of(
        new KafkaRecord("relook.images", 1, 42, 0, null, new byte[] {1}),
        LabeledImage.newBuilder()
            .setAccount("acct")
            .setProject("bolts")
            .setSourceRef("ref")
            .setImageBytes(ByteBuffer.wrap(new byte[] {1}))
            .build());
  }
}

package io.relook.job.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.domain.RetryRequest;
import io.relook.job.extraction.StoredObjects;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.job.s3.Symptom;
import io.relook.schemas.MessageCodec;
import io.relook.wire.ImageRetry;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ImageRetriesTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final S3Object PICTURE = new S3Object("theirs", "a.png", null);
  private static final S3Object MASK = new S3Object("theirs", "mask.png", null);

  private final InMemoryObjectStore store = new InMemoryObjectStore("relook", "theirs");
  private final OwnBucket own = new OwnBucket(store.factory(), "relook", null);
  private final byte[] message = message(null);
  private @Nullable KafkaRecord inTheLog;
  private boolean brokerIsDown;

  @Test
  void anImageThatCanBeReadIsTakenAgainByteByByte() throws Exception {
    put(PICTURE);

    assertThat(look(message, NOON)).contains(retry().setMessage(ByteBuffer.wrap(message)).build());
  }

  @Test
  void anImageThatCannotWaitsOn() throws Exception {
    put(PICTURE);
    store.fail("theirs", "a.png", Symptom.REFUSED);

    assertThat(look(message, NOON)).isEmpty();
  }

  @Test
  void soDoesOneWhoseMaskCannot() throws Exception {
    put(PICTURE);
    put(MASK);
    store.fail("theirs", "mask.png", Symptom.SERVER_ERROR);

    assertThat(look(message(MASK), NOON)).isEmpty();
    store.heal("theirs", "mask.png");
    // An object that has just failed is not asked for again.
    assertThat(look(message(MASK), NOON)).isEmpty();
  }

  @Test
  void afterTheTimeItIsGivenUp() throws Exception {
    store.fail("theirs", "a.png", Symptom.REFUSED);

    assertThat(look(message, NOON.minus(Duration.ofHours(1))))
        .contains(
            retry()
                .setRejection(
                    "The image could not be read for 1h (images.unavailable-for): The object a.png"
                        + " in bucket theirs cannot be read: the store refuses the request. Check"
                        + " it, the bucket and relook's rights. Then send the image again.")
                .build());
  }

  @Test
  void anObjectThatIsGoneIsForExtractionToSay() {
    assertThat(look(message, NOON)).contains(retry().setMessage(ByteBuffer.wrap(message)).build());
  }

  @Test
  void whileTheInstallationFailsItWaitsOnHoweverLate() {
    store.unreachable(true);

    assertThat(look(message, NOON.minus(Duration.ofDays(3)))).isEmpty();
  }

  @Test
  void aLargeMessageIsReadFromTheLogAgain() throws Exception {
    put(PICTURE);
    inTheLog = record(message);

    assertThat(look(null, NOON)).contains(retry().setMessage(ByteBuffer.wrap(message)).build());

    brokerIsDown = true;
    assertThat(look(null, NOON)).as("the broker may come back").isEmpty();
  }

  @Test
  void aMessageThatTheTopicDoesNotKeepIsGivenUp() {
    assertThat(look(null, NOON))
        .contains(
            retry()
                .setRejection("Its topic does not keep the message any more: send the image again.")
                .build());
  }

  @Test
  void aMessageWithoutRoomForItsEnvelopeIsGivenUp() {
    Optional<ImageRetry> retry = look(new byte[2 * 1024 * 1024], NOON);

    assertThat(retry.orElseThrow().getMessage()).isNull();
    assertThat(String.valueOf(retry.orElseThrow().getRejection())).startsWith("Its message is too");
  }

  private Optional<ImageRetry> look(byte @Nullable [] value, Instant since) {
    return new ImageRetries(
            StoredObjects.open(own),
            place -> {
              if (brokerIsDown) {
                throw new IOException("down");
              }
              return Optional.ofNullable(inTheLog);
            },
            1_000,
            new ImageRetries.Limit(Duration.ofHours(1), "1h"),
            Clock.fixed(NOON, ZoneOffset.UTC))
        .look(new RetryRequest("acct", "bolts", "ref", record(value), since.toEpochMilli()));
  }

  private static KafkaRecord record(byte @Nullable [] value) {
    return new KafkaRecord("relook.images", 2, 7, NOON.toEpochMilli(), null, value);
  }

  private static ImageRetry.Builder retry() {
    return ImageRetry.newBuilder()
        .setAccount("acct")
        .setProject("bolts")
        .setSourceRef("ref")
        .setPartition(2)
        .setOffset(7);
  }

  private static byte[] message(@Nullable S3Object mask) {
    return MessageCodec.standard()
        .encode(
            LabeledImage.newBuilder()
                .setAccount("acct")
                .setProject("bolts")
                .setSourceRef("ref")
                .setLabel(Label.NORMAL)
                .setImageLocation(PICTURE)
                .setMaskLocation(mask)
                .build());
  }

  private void put(S3Object object) throws Exception {
    store.put(object, new byte[] {1}, "image/png", Optional.empty());
  }
}

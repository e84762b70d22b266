package io.relook.job.retry;

import io.relook.job.domain.RetryRequest;
import io.relook.job.extraction.StoredObjects;
import io.relook.job.extraction.StoredObjects.NotNowException;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.MessageLog;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.schemas.Decoding;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.ImageRetry;
import io.relook.wire.LabeledImage;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks again at one image that could not be read. */
final class ImageRetries {
  private static final Logger LOG = LoggerFactory.getLogger(ImageRetries.class);

  /** Room in a message of the topic for what surrounds the image's own. */
  private static final int ENVELOPE_BYTES = 64 * 1024;

  private final StoredObjects objects;
  private final MessageLog log;
  private final long maxBytes;
  private final Limit limit;
  private final Clock clock;

  /**
   * How long an image may wait.
   *
   * @param words the same, as a sentence says it
   */
  record Limit(Duration time, String words) {}

  /**
   * @param log has the messages of images
   * @param maxBytes largest encoded picture
   * @param limit after this time an image is given up
   */
  ImageRetries(StoredObjects objects, MessageLog log, long maxBytes, Limit limit, Clock clock) {
    this.objects = objects;
    this.log = log;
    this.maxBytes = maxBytes;
    this.limit = limit;
    this.clock = clock;
  }

  /**
   * The message that says what becomes of the image; empty when it waits on, also while the
   * installation fails.
   */
  Optional<ImageRetry> look(RetryRequest request) {
    try {
      return became(request);
    } catch (IOException | UncheckedIOException e) {
      LOG.info("{} of {} waits on", request.sourceRef(), request.project(), e);
      return Optional.empty();
    }
  }

  private Optional<ImageRetry> became(RetryRequest request) throws IOException {
    Optional<KafkaRecord> found =
        request.message().value() == null
            ? log.read(request.message())
            : Optional.of(request.message());
    byte @Nullable [] message = found.map(KafkaRecord::value).orElse(null);
    if (message == null) {
      return Optional.of(
          givenUp(request, "Its topic does not keep the message any more: send the image again."));
    }
    if (message.length > Topic.IMAGES.maxMessageBytes() - ENVELOPE_BYTES) {
      return Optional.of(
          givenUp(
              request,
              "Its message is too large to be tried again: send picture and mask by their"
                  + " locations."));
    }
    if (!(MessageCodec.standard().decode(Topic.IMAGES, message) instanceof Decoding.Decoded decoded)
        || !(decoded.record() instanceof LabeledImage image)) {
      return Optional.of(givenUp(request, "Its message is not one of an image."));
    }
    try {
      read(image.getImageLocation());
      read(image.getMaskLocation());
      return Optional.of(again(request, message));
    } catch (ObjectUnavailableException e) {
      // Extraction says why, in the words of an image that was read at once.
      return Optional.of(again(request, message));
    } catch (NotNowException e) {
      return clock.millis() - request.since() < limit.time().toMillis()
          ? Optional.empty()
          : Optional.of(
              givenUp(
                  request,
                  "The image could not be read for "
                      + limit.words()
                      + " (images.unavailable-for): "
                      + e.getMessage()
                      + " Then send the image again."));
    }
  }

  private void read(@Nullable S3Object object)
      throws ObjectUnavailableException, NotNowException, IOException {
    if (object != null) {
      objects.read(object, maxBytes);
    }
  }

  private static ImageRetry again(RetryRequest request, byte[] message) {
    return retry(request).setMessage(ByteBuffer.wrap(message)).build();
  }

  private static ImageRetry givenUp(RetryRequest request, String why) {
    return retry(request).setRejection(why).build();
  }

  private static ImageRetry.Builder retry(RetryRequest request) {
    return ImageRetry.newBuilder()
        .setAccount(request.account())
        .setProject(request.project())
        .setSourceRef(request.sourceRef())
        .setPartition(request.message().partition())
        .setOffset(request.message().offset());
  }
}

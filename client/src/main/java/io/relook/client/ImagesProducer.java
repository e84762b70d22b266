package io.relook.client;

import io.relook.schemas.MessageCodec;
import io.relook.schemas.Sha256;
import io.relook.schemas.Topic;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.LabeledImage;
import io.relook.wire.S3Object;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Sends pictures, labels and withdrawals of any project: idempotently, and acknowledged by all
 * replicas in sync. Messages of one project keep their order. Safe for use by many threads.
 *
 * <p>A picture or mask of more than {@link Topic#INLINE_PICTURE_BYTES} is first uploaded under its
 * digest, and the message carries its location (claim check). The thread that calls {@link #send}
 * uploads it.
 */
public final class ImagesProducer implements AutoCloseable {
  private final KafkaClients kafka;
  private final RelookSettings settings;
  private final Producer<String, byte[]> producer;
  private final MessageCodec codec = MessageCodec.standard();
  private @Nullable BucketClient store;

  ImagesProducer(KafkaClients kafka, RelookSettings settings) {
    this.kafka = kafka;
    this.settings = settings;
    this.producer = kafka.producer(Topic.IMAGES.maxMessageBytes());
  }

  /**
   * Sends an image with bytes of any size. The future fails with a {@link RelookException}.
   *
   * @throws RelookException when a large picture cannot be uploaded
   */
  public CompletableFuture<RecordMetadata> send(LabeledImage image) {
    return write(withLargePartsUploaded(image));
  }

  /** Takes an image out of its project. */
  public CompletableFuture<RecordMetadata> withdraw(ImageWithdrawal withdrawal) {
    return write(withdrawal);
  }

  /** Waits until every message was acknowledged or has failed. */
  public void flush() {
    producer.flush();
  }

  private LabeledImage withLargePartsUploaded(LabeledImage image) {
    ByteBuffer picture = image.getImageBytes();
    ByteBuffer mask = image.getMaskBytes();
    boolean largePicture = picture != null && picture.remaining() > Topic.INLINE_PICTURE_BYTES;
    boolean largeMask = mask != null && mask.remaining() > Topic.INLINE_PICTURE_BYTES;
    if (!largePicture && !largeMask) {
      return image;
    }
    LabeledImage.Builder claim = LabeledImage.newBuilder(image);
    if (picture != null && largePicture) {
      claim.setImageBytes(null).setImageLocation(upload(image, picture));
    }
    if (mask != null && largeMask) {
      claim.setMaskBytes(null).setMaskLocation(upload(image, mask));
    }
    return claim.build();
  }

  private S3Object upload(LabeledImage image, ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.duplicate().get(bytes);
    // The digest is the name, so sending the same picture again overwrites it with itself.
    String name = "%s/%s/%s".formatted(image.getAccount(), image.getProject(), Sha256.hex(bytes));
    S3Uri location = settings.store().imagesLocation();
    S3Object object = new S3Object(location.bucket(), location.path() + name, null);
    store().put(object, bytes, isPng(bytes) ? "image/png" : "image/jpeg");
    return object;
  }

  private static boolean isPng(byte[] bytes) {
    return bytes.length > 4 && bytes[1] == 'P' && bytes[2] == 'N' && bytes[3] == 'G';
  }

  private synchronized BucketClient store() {
    BucketClient open = store;
    if (open == null) {
      open = BucketClient.open(settings);
      store = open;
    }
    return open;
  }

  private CompletableFuture<RecordMetadata> write(SpecificRecord record) {
    ProducerRecord<String, byte[]> message =
        new ProducerRecord<>(
            kafka.topic(Topic.IMAGES), Topic.IMAGES.key(record), codec.encode(record));
    CompletableFuture<RecordMetadata> acknowledged = new CompletableFuture<>();
    try {
      producer.send(
          message,
          (metadata, failure) -> {
            if (failure == null) {
              acknowledged.complete(metadata);
            } else {
              acknowledged.completeExceptionally(kafka.failure("Sending an image", failure));
            }
          });
    } catch (KafkaException e) {
      acknowledged.completeExceptionally(kafka.failure("Sending an image", e));
    }
    return acknowledged;
  }

  /** Waits for the acknowledgements, then closes the connections. */
  @Override
  public synchronized void close() {
    producer.close(kafka.timeout());
    if (store != null) {
      store.close();
    }
  }
}

package io.relook.client;

import io.relook.client.RelookException.Kind;
import io.relook.schemas.Decoding;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Sha256;
import io.relook.schemas.Topic;
import io.relook.wire.CutMarker;
import io.relook.wire.ImageRetry;
import io.relook.wire.Rejection;
import io.relook.wire.S3Object;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Finds rejected messages and their bytes, and sends them again. */
public final class Rejections {
  private static final Duration POLL = Duration.ofMillis(200);

  private final RelookConnection relook;
  private final KafkaClients kafka;

  Rejections(RelookConnection relook, KafkaClients kafka) {
    this.relook = relook;
    this.kafka = kafka;
  }

  /**
   * A rejected message.
   *
   * @param at when it was rejected
   */
  public record Rejected(Instant at, Rejection rejection) {
    /** The place of the message, as {@code topic-partition-offset}. */
    public String place() {
      return rejection.getTopic() + "-" + rejection.getPartition() + "-" + rejection.getOffset();
    }
  }

  /**
   * The rejections that meet a condition, oldest first.
   *
   * @throws RelookException when they cannot be read within the connection's time-out
   */
  public List<Rejected> find(Predicate<Rejected> condition) {
    List<Rejected> found = new ArrayList<>();
    Clock clock = relook.clock();
    Instant deadline = clock.instant().plus(kafka.timeout());
    try (TopicReader reader = relook.read(Topic.REJECTIONS, TopicReader.From.BEGINNING)) {
      while (!reader.caughtUp()) {
        for (TopicReader.Message message : reader.poll(POLL)) {
          message
              .decoded()
              .map(Rejection.class::cast)
              .map(rejection -> new Rejected(message.timestamp(), rejection))
              .filter(condition)
              .ifPresent(found::add);
        }
        if (clock.instant().isAfter(deadline)) {
          throw new RelookException(
              Kind.UNREACHABLE,
              "The rejections could not be read within %d ms: check that Kafka runs, or raise %s."
                  .formatted(kafka.timeout().toMillis(), Setting.TIMEOUT.flag()));
        }
      }
    }
    found.sort(java.util.Comparator.comparing(Rejected::at));
    return found;
  }

  /**
   * The newest rejection of the message at a place.
   *
   * @throws RelookException when there is none
   */
  public Rejected get(String place) {
    List<Rejected> found = find(rejected -> rejected.place().equals(place));
    if (found.isEmpty()) {
      throw new RelookException(
          Kind.FAILED,
          "There is no rejection of '%s': use a place from 'relook rejections list', such as relook.images-0-42."
              .formatted(place.length() <= 300 ? place : place.substring(0, 300) + "…"));
    }
    return found.get(found.size() - 1);
  }

  /**
   * The message's bytes, from the rejection or from the store; nothing for a tombstone.
   *
   * @throws RelookException when they are gone or differ from those that were rejected
   */
  public Optional<byte[]> bytes(Rejection rejection) {
    byte[] bytes;
    ByteBuffer inline = rejection.getOriginalBytes();
    S3Object location = rejection.getOriginalLocation();
    if (inline != null) {
      bytes = new byte[inline.remaining()];
      inline.duplicate().get(bytes);
    } else if (location != null) {
      try (BucketClient store = relook.store()) {
        bytes = store.get(location, rejection.getOriginalLength());
      }
    } else {
      return Optional.empty();
    }
    if (bytes.length != rejection.getOriginalLength()
        || !Sha256.hex(bytes).equals(rejection.getOriginalDigest())) {
      throw new RelookException(
          Kind.FAILED,
          "The stored bytes of the message are not those that were rejected: their SHA-256 is not %s. Nothing was sent."
              .formatted(rejection.getOriginalDigest()));
    }
    return Optional.of(bytes);
  }

  private static boolean isWrittenByTheJobOnly(Topic topic, byte @Nullable [] value) {
    return topic == Topic.OUTCOMES
        || (topic == Topic.IMAGES
            && MessageCodec.standard().decode(topic, value) instanceof Decoding.Decoded decoded
            && (decoded.record() instanceof CutMarker || decoded.record() instanceof ImageRetry));
  }

  /**
   * Sends a message again with its key, to its former partition, and waits for the broker.
   *
   * @return its new place
   * @throws RelookException when its bytes cannot be read, its topic is not one that relook reads,
   *     or it is a message that only the job writes
   */
  public RecordMetadata resend(Rejection rejection) {
    Topic topic =
        Topic.find(relook.settings().kafka().topicPrefix(), rejection.getTopic())
            .orElseThrow(
                () ->
                    new RelookException(
                        Kind.FAILED,
                        "The message was in '%s', which is not a topic of relook with the prefix %s: check %s."
                            .formatted(
                                rejection.getTopic(),
                                relook.settings().kafka().topicPrefix(),
                                Setting.TOPIC_PREFIX.flag())));
    byte @Nullable [] value = bytes(rejection).orElse(null);
    if (isWrittenByTheJobOnly(topic, value)) {
      throw new RelookException(
          Kind.FAILED,
          "The message is a cut marker, which only the job writes: it is not sent again, because its project would wait for the markers of the other partitions. Send the command again instead.");
    }
    ByteBuffer key = rejection.getKey();
    byte @Nullable [] keyBytes = null;
    if (key != null) {
      keyBytes = new byte[key.remaining()];
      key.duplicate().get(keyBytes);
    }
    try (Producer<byte[], byte[]> producer = kafka.bytesProducer(topic.maxMessageBytes())) {
      return producer
          .send(
              new ProducerRecord<>(rejection.getTopic(), rejection.getPartition(), keyBytes, value))
          .get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw kafka.failure("Sending the message again", e);
    } catch (java.util.concurrent.ExecutionException | KafkaException e) {
      throw kafka.failure("Sending the message again", e);
    }
  }
}

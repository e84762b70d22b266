package io.relook.job.kafka;

import io.relook.schemas.signing.RecordSignature;
import org.jspecify.annotations.Nullable;

/**
 * A message and its place in the log.
 *
 * @param topic name of the topic
 * @param timestamp record time, the broker's append time, in milliseconds since the epoch
 * @param key bytes of the key; null when it has none
 * @param value bytes of the message; null for a tombstone, or after {@link #withoutValue}
 * @param signature value of the header {@link RecordSignature#HEADER}; null without one, or after
 *     {@link #withoutSignature}
 */
@SuppressWarnings("ArrayRecordComponent") // travels between operators; never compared
public record KafkaRecord(
    String topic,
    int partition,
    long offset,
    long timestamp,
    byte @Nullable [] key,
    byte @Nullable [] value,
    byte @Nullable [] signature) {

  /** A record without a signature. */
  public KafkaRecord(
      String topic,
      int partition,
      long offset,
      long timestamp,
      byte @Nullable [] key,
      byte @Nullable [] value) {
    this(topic, partition, offset, timestamp, key, value, null);
  }

  /** The place in the log as {@code topic-partition-offset}. */
  public String place() {
    return topic + "-" + partition + "-" + offset;
  }

  /** The same record without its value, for when no later stage needs the bytes. */
  public KafkaRecord withoutValue() {
    return new KafkaRecord(topic, partition, offset, timestamp, key, null);
  }

  /** The same record without its signature, for when it has been verified. */
  public KafkaRecord withoutSignature() {
    return new KafkaRecord(topic, partition, offset, timestamp, key, value);
  }
}

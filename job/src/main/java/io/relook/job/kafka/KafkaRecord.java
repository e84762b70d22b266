package io.relook.job.kafka;

import org.jspecify.annotations.Nullable;

/**
 * A message and its place in the log.
 *
 * @param timestamp record time, the broker's append time, in milliseconds since the epoch
 */
@SuppressWarnings("ArrayRecordComponent") // travels between operators; never compared
public record KafkaRecord(
    String topic,
    int partition,
    long offset,
    long timestamp,
    byte @Nullable [] key,
    byte @Nullable [] value) {

  /** The place in the log as {@code topic-partition-offset}. */
  public String place() {
    return topic + "-" + partition + "-" + offset;
  }

  /** The same place without the bytes, for stages after which nobody needs them. */
  public KafkaRecord withoutValue() {
    return new KafkaRecord(topic, partition, offset, timestamp, key, null);
  }
}

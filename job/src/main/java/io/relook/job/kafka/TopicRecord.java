package io.relook.job.kafka;

import io.relook.schemas.signing.RecordSignature;
import org.jspecify.annotations.Nullable;

/**
 * A message to write.
 *
 * @param topic name of the topic
 * @param partition where the message must go; null lets the key decide
 * @param key bytes of the key
 * @param value encoded message, or null for a tombstone
 * @param signature value of the header {@link RecordSignature#HEADER}; null for none
 */
@SuppressWarnings("ArrayRecordComponent") // travels between operators; never compared
public record TopicRecord(
    String topic,
    @Nullable Integer partition,
    byte[] key,
    byte @Nullable [] value,
    byte @Nullable [] signature) {

  /** A message without a signature. */
  public TopicRecord(
      String topic, @Nullable Integer partition, byte[] key, byte @Nullable [] value) {
    this(topic, partition, key, value, null);
  }
}

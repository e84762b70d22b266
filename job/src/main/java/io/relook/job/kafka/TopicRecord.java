package io.relook.job.kafka;

import org.jspecify.annotations.Nullable;

/**
 * A message to write.
 *
 * @param topic name of the topic
 * @param partition where the message must go; null lets the key decide
 * @param key bytes of the key
 * @param value encoded message, or null for a tombstone
 */
@SuppressWarnings("ArrayRecordComponent") // travels between operators; never compared
public record TopicRecord(
    String topic, @Nullable Integer partition, byte[] key, byte @Nullable [] value) {}

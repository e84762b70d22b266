package io.relook.job.kafka;

import org.jspecify.annotations.Nullable;

/**
 * A message to write.
 *
 * @param partition where it must go, or null to leave that to the key
 * @param value encoded message, or null for a tombstone
 */
@SuppressWarnings("ArrayRecordComponent") // travels between operators; never compared
public record TopicRecord(
    String topic, @Nullable Integer partition, byte[] key, byte @Nullable [] value) {}

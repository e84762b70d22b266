package io.relook.schemas.signing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a signature covers: a message and where it stands. So a signed message cannot be moved to
 * another topic or partition.
 *
 * @param topic name of the topic
 * @param value exact bytes of the message
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SignedPlace(String topic, int partition, byte[] value) {

  /** The bytes that are signed: length and name of the topic, partition, message. */
  byte[] bytes() {
    byte[] name = topic.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Integer.BYTES + name.length + Integer.BYTES + value.length)
        .putInt(name.length)
        .put(name)
        .putInt(partition)
        .put(value)
        .array();
  }
}

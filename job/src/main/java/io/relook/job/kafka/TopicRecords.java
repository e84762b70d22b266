package io.relook.job.kafka;

import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Encodes messages for the sink.
 *
 * @param prefix first part of the names of the topics that clients write
 * @param outputPrefix first part of the names of the topics that only the job writes
 */
public record TopicRecords(String prefix, String outputPrefix) implements Serializable {
  private static final MessageCodec CODEC = MessageCodec.standard();

  /** Name of a topic. */
  public String name(Topic topic) {
    boolean input = topic == Topic.IMAGES || topic == Topic.COMMANDS || topic == Topic.PREDICTIONS;
    return topic.name(input ? prefix : outputPrefix);
  }

  /** The record of a message; its key decides the partition. */
  public TopicRecord record(Topic topic, SpecificRecord message) {
    return of(topic, message, null);
  }

  /** The record of a message for one partition. */
  public TopicRecord record(Topic topic, SpecificRecord message, int partition) {
    return of(topic, message, partition);
  }

  /** A tombstone: the compacted topic drops the key. */
  public TopicRecord tombstone(Topic topic, String key) {
    return new TopicRecord(name(topic), null, key.getBytes(StandardCharsets.UTF_8), null);
  }

  private TopicRecord of(Topic topic, SpecificRecord message, @Nullable Integer partition) {
    byte[] key = topic.key(message).getBytes(StandardCharsets.UTF_8);
    return new TopicRecord(name(topic), partition, key, CODEC.encode(message));
  }
}

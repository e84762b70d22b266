package io.relook.job.kafka;

import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages into the form the sink takes.
 *
 * @param prefix first part of the names of the topics that clients write too
 * @param outputPrefix first part of the names of the topics that the job alone writes
 */
public record TopicRecords(String prefix, String outputPrefix) implements Serializable {
  private static final MessageCodec CODEC = MessageCodec.standard();

  /** Name of a topic. */
  public String name(Topic topic) {
    boolean input = topic == Topic.IMAGES || topic == Topic.COMMANDS || topic == Topic.PREDICTIONS;
    return topic.name(input ? prefix : outputPrefix);
  }

  /** The message with its topic's key, left to the partitioner. */
  public TopicRecord record(Topic topic, SpecificRecord message) {
    return of(topic, message, null);
  }

  /** The message with its topic's key, for one partition. */
  public TopicRecord record(Topic topic, SpecificRecord message, int partition) {
    return of(topic, message, partition);
  }

  /** A tombstone: a compacted topic forgets the key. */
  public TopicRecord tombstone(Topic topic, String key) {
    return new TopicRecord(name(topic), null, key.getBytes(StandardCharsets.UTF_8), null);
  }

  private TopicRecord of(Topic topic, SpecificRecord message, @Nullable Integer partition) {
    byte[] key = topic.key(message).getBytes(StandardCharsets.UTF_8);
    return new TopicRecord(name(topic), partition, key, CODEC.encode(message));
  }
}

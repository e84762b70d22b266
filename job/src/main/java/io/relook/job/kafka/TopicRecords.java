package io.relook.job.kafka;

import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.schemas.signing.RecordSignature;
import io.relook.schemas.signing.SignedPlace;
import io.relook.schemas.signing.SigningKey;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.apache.avro.specific.SpecificRecord;

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
    byte[] key = topic.key(message).getBytes(StandardCharsets.UTF_8);
    return new TopicRecord(name(topic), null, key, CODEC.encode(message));
  }

  /** The signed record of a message for one partition. */
  public TopicRecord signed(
      SigningKey signingKey, Topic topic, SpecificRecord message, int partition) {
    byte[] key = topic.key(message).getBytes(StandardCharsets.UTF_8);
    byte[] value = CODEC.encode(message);
    RecordSignature signature = signingKey.sign(new SignedPlace(name(topic), partition, value));
    return new TopicRecord(name(topic), partition, key, value, signature.header());
  }

  /** A tombstone: the compacted topic drops the key. */
  public TopicRecord tombstone(Topic topic, String key) {
    return new TopicRecord(name(topic), null, key.getBytes(StandardCharsets.UTF_8), null);
  }
}

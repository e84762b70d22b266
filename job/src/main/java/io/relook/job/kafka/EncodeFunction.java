package io.relook.job.kafka;

import io.relook.schemas.Topic;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.functions.MapFunction;

/** Encodes the messages of one topic for the sink. */
public final class EncodeFunction<T extends SpecificRecord> implements MapFunction<T, TopicRecord> {
  private static final long serialVersionUID = 1L;

  private final Topic topic;
  private final TopicRecords topics;

  public EncodeFunction(Topic topic, TopicRecords topics) {
    this.topic = topic;
    this.topics = topics;
  }

  @Override
  public TopicRecord map(T message) {
    return topics.record(topic, message);
  }
}

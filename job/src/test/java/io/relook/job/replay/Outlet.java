package io.relook.job.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.relook.schemas.Decoding;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads all committed messages of all topics, as they come. */
final class Outlet implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final Map<Topic, List<Message>> messages = new EnumMap<>(Topic.class);
  private final MessageCodec codec = MessageCodec.standard();

  Outlet(String bootstrapServers) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    for (Topic topic : Topic.values()) {
      messages.put(topic, new ArrayList<>());
      consumer
          .partitionsFor(topic.name(Topic.DEFAULT_PREFIX))
          .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /**
   * A message, and its record when it holds one.
   *
   * @param ordinal how many committed messages stand before it in its partition: its offset but for
   *     the marks that transactions leave in the log, whose number differs from run to run
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Message(
      int partition,
      long offset,
      int ordinal,
      long timestamp,
      @Nullable String key,
      byte @Nullable [] value,
      Optional<SpecificRecord> record) {}

  /** What has been read of a topic; within a partition in order. */
  List<Message> messages(Topic topic) {
    return messages.getOrDefault(topic, List.of());
  }

  /** The latest message of a key. */
  Optional<Message> latest(Topic topic, String key) {
    return messages(topic).stream().filter(m -> key.equals(m.key())).reduce((a, b) -> b);
  }

  void poll() {
    for (ConsumerRecord<byte[], byte[]> read : consumer.poll(Duration.ofMillis(100))) {
      Topic topic = Topic.find(Topic.DEFAULT_PREFIX, read.topic()).orElseThrow();
      List<Message> before = messages(topic);
      byte[] value = read.value();
      before.add(
          new Message(
              read.partition(),
              read.offset(),
              (int) before.stream().filter(m -> m.partition() == read.partition()).count(),
              read.timestamp(),
              read.key() == null ? null : new String(read.key(), UTF_8),
              value,
              value == null ? Optional.empty() : record(topic, value)));
    }
  }

  private Optional<SpecificRecord> record(Topic topic, byte[] value) {
    return codec.decode(topic, value) instanceof Decoding.Decoded decoded
        ? Optional.of(decoded.record())
        : Optional.empty();
  }

  /** Reads what is left, once nobody writes any more. */
  void drain() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      poll();
    }
  }

  /** What was last read of each topic, for whoever waits in vain. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Topic topic :
        Arrays.asList(Topic.REPLIES, Topic.MODELS, Topic.DATASETS, Topic.REJECTIONS)) {
      List<Message> read = messages(topic);
      text.append(topic).append(": ").append(read.size()).append(" messages");
      if (!read.isEmpty()) {
        text.append(", the last ").append(read.get(read.size() - 1).record());
      }
      text.append('\n');
    }
    return text.toString();
  }

  @Override
  public void close() {
    consumer.close();
  }
}

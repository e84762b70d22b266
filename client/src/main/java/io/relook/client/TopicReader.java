package io.relook.client;

import io.relook.schemas.Decoding;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the committed records of one topic, all partitions, without a consumer group. For one
 * thread, except {@link #wakeup}.
 */
public final class TopicReader implements AutoCloseable {
  private final KafkaClients kafka;
  private final Topic topic;
  private final Consumer<String, byte[]> consumer;
  private final Map<TopicPartition, Long> ends;
  private final MessageCodec codec = MessageCodec.standard();

  private TopicReader(
      KafkaClients kafka,
      Topic topic,
      Consumer<String, byte[]> consumer,
      Map<TopicPartition, Long> ends) {
    this.kafka = kafka;
    this.topic = topic;
    this.consumer = consumer;
    this.ends = ends;
  }

  /** Where to start. */
  public enum From {
    /** At the oldest record that is kept. */
    BEGINNING,
    /** After the newest record. */
    END
  }

  /**
   * A record of the topic.
   *
   * @param key as text; null when the record has none
   * @param value the decoded value; empty for a tombstone
   * @param bytes the value; null for a tombstone
   */
  public record Message(
      int partition,
      long offset,
      Instant timestamp,
      @Nullable String key,
      Optional<Decoding> value,
      byte @Nullable [] bytes) {

    /** The record, if the value could be decoded. */
    public Optional<SpecificRecord> decoded() {
      return value
          .filter(Decoding.Decoded.class::isInstance)
          .map(decoding -> ((Decoding.Decoded) decoding).record());
    }
  }

  /**
   * Opens the topic. The position of the first record is fixed when this returns.
   *
   * @throws RelookException when the broker does not answer or has no such topic
   */
  static TopicReader open(KafkaClients kafka, Topic topic, From from) {
    Consumer<String, byte[]> consumer = kafka.consumer();
    try {
      String name = kafka.topic(topic);
      List<TopicPartition> partitions =
          consumer.partitionsFor(name).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      if (partitions.isEmpty()) {
        throw new RelookException(
            RelookException.Kind.FAILED,
            "The topic %s does not exist; run 'relook topics create'.".formatted(name));
      }
      consumer.assign(partitions);
      if (from == From.BEGINNING) {
        consumer.seekToBeginning(partitions);
      } else {
        consumer.seekToEnd(partitions);
      }
      // Seeking is lazy: asking for the position makes it happen now.
      partitions.forEach(consumer::position);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      return new TopicReader(kafka, topic, consumer, ends);
    } catch (KafkaException e) {
      consumer.close();
      throw kafka.failure("Reading " + kafka.topic(topic), e);
    } catch (RelookException e) {
      consumer.close();
      throw e;
    }
  }

  /** The topic that is read. */
  public Topic topic() {
    return topic;
  }

  /**
   * The next records, in the order of each partition; none if none arrive in time.
   *
   * @throws RelookException when the broker fails permanently, or the thread is interrupted
   */
  public List<Message> poll(Duration wait) {
    try {
      List<Message> messages = new ArrayList<>();
      for (ConsumerRecord<String, byte[]> record : consumer.poll(wait)) {
        messages.add(message(record));
      }
      return messages;
    } catch (WakeupException e) {
      return List.of();
    } catch (InterruptException e) {
      throw Interrupts.stopped(e);
    } catch (KafkaException e) {
      throw kafka.failure("Reading " + kafka.topic(topic), e);
    }
  }

  /** Whether every record that was in the topic at the time of opening has been returned. */
  public boolean caughtUp() {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  /** Makes a {@link #poll} in another thread return immediately. */
  public void wakeup() {
    consumer.wakeup();
  }

  private Message message(ConsumerRecord<String, byte[]> record) {
    byte @Nullable [] bytes = record.value();
    return new Message(
        record.partition(),
        record.offset(),
        Instant.ofEpochMilli(record.timestamp()),
        record.key(),
        bytes == null ? Optional.empty() : Optional.of(codec.decode(topic, bytes)),
        bytes);
  }

  @Override
  public void close() {
    consumer.close();
  }
}

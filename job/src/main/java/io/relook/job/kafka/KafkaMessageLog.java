package io.relook.job.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads messages of Kafka again, with a consumer of its own for each: they are few. The consumer
 * has no group, so it needs no right but to read the topic.
 *
 * @param bootstrapServers brokers to connect to first
 * @param properties further properties of the client; secrets only by reference
 */
public record KafkaMessageLog(String bootstrapServers, Map<String, String> properties)
    implements MessageLog {

  /** Longest wait; a broker that restarts is back by then. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  public KafkaMessageLog {
    properties = Map.copyOf(properties);
  }

  @Override
  public Optional<KafkaRecord> read(KafkaRecord place) throws IOException {
    TopicPartition partition = new TopicPartition(place.topic(), place.partition());
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(client(), bytes, bytes)) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, place.offset());
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(PATIENCE)) {
        // The first one: the next offset when the message itself was compacted away.
        return record.offset() == place.offset()
            ? Optional.of(
                new KafkaRecord(
                    place.topic(),
                    place.partition(),
                    place.offset(),
                    place.timestamp(),
                    record.key(),
                    record.value()))
            : Optional.empty();
      }
    } catch (OffsetOutOfRangeException e) {
      return Optional.empty();
    } catch (KafkaException e) {
      throw new IOException("The message " + place.place() + " cannot be read again", e);
    }
    throw new IOException(
        "The message "
            + place.place()
            + " was not read again within "
            + PATIENCE.toSeconds()
            + " seconds: check the broker.");
  }

  private Properties client() {
    Properties client = new Properties();
    client.putAll(properties);
    client.setProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    client.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    client.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    client.setProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
    return client;
  }

  /** Without the values of the client properties, which can be secrets. */
  @Override
  public String toString() {
    return "KafkaMessageLog[bootstrapServers=" + bootstrapServers + "]";
  }
}

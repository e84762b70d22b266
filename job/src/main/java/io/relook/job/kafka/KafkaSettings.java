package io.relook.job.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;

/**
 * How the job talks to Kafka.
 *
 * @param bootstrapServers brokers to connect to first
 * @param properties further properties of all clients; secrets only by reference
 * @param topicPrefix first part of the names of topics that clients write
 * @param outputTopicPrefix first part of the names of topics that only the job writes
 * @param transactionalIdPrefix first part of transactional ids and consumer groups
 * @param transactionTimeout longest time that the job may be down without losing records that it
 *     wrote
 */
public record KafkaSettings(
    String bootstrapServers,
    Map<String, String> properties,
    String topicPrefix,
    String outputTopicPrefix,
    String transactionalIdPrefix,
    Duration transactionTimeout) {

  /** Shows the names of the client properties only: their values can be secrets. */
  @Override
  public String toString() {
    return "KafkaSettings[bootstrapServers="
        + bootstrapServers
        + ", properties="
        + new TreeSet<>(properties.keySet())
        + ", topicPrefix="
        + topicPrefix
        + ", outputTopicPrefix="
        + outputTopicPrefix
        + ", transactionalIdPrefix="
        + transactionalIdPrefix
        + ", transactionTimeout="
        + transactionTimeout
        + "]";
  }
}

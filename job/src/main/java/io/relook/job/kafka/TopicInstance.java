package io.relook.job.kafka;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/**
 * One life of a topic. A topic that is deleted and created again has the same name and uses the
 * same offsets again, but Kafka gives it another id (KIP-516).
 *
 * @param id Kafka's topic id, as text
 * @param retentionMillis how long it keeps its records ({@code retention.ms}); negative for ever
 */
public record TopicInstance(String id, long retentionMillis) implements Serializable {

  /** Whether what was known at a time is older than any record that the topic keeps. */
  public boolean hasOutlived(Instant then, Instant now) {
    return retentionMillis >= 0 && Duration.between(then, now).toMillis() > retentionMillis;
  }
}

package io.relook.job.quarantine;

import io.relook.job.kafka.TopicInstance;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Of which topic something in relook's bucket speaks, and since when. Objects of relook 0.3 say
 * neither, and count until they are removed. Pure.
 *
 * @param topicId Kafka's id of the topic
 * @param at when it was written
 */
record Written(@Nullable String topicId, @Nullable Instant at) {

  /** Whether it still speaks of a record that the topic may have. */
  enum Verdict {
    COUNTS,
    /** The topic was created again: its offsets now stand for other records. */
    OTHER_TOPIC,
    /** The topic does not keep its records that long. */
    AGED_OUT
  }

  /**
   * @param text a time in ISO 8601
   * @throws java.time.format.DateTimeParseException when it is none
   */
  static Written of(@Nullable String topicId, @Nullable String text) {
    return new Written(topicId, text == null ? null : Instant.parse(text));
  }

  Verdict in(Optional<TopicInstance> topic, Instant now) {
    if (topic.isEmpty()) {
      return Verdict.COUNTS;
    }
    if (at != null && topic.get().hasOutlived(at, now)) {
      return Verdict.AGED_OUT;
    }
    return topicId == null || topicId.equals(topic.get().id())
        ? Verdict.COUNTS
        : Verdict.OTHER_TOPIC;
  }
}

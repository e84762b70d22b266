package io.relook.client;

import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.Rejection;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Examines what was rejected lately, and why. */
final class RejectionCheck {
  /** Rejections whose reasons are read; further ones are only counted. */
  private static final int MOST_READ = 1000;

  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaClients kafka;
  private final Clock clock;

  RejectionCheck(KafkaClients kafka, Clock clock) {
    this.kafka = kafka;
    this.clock = clock;
  }

  void look(Diagnosis.Builder found, Duration window) {
    Map<String, Integer> codes = new TreeMap<>();
    long number = count(window, codes);
    found.fact("since", clock.instant().minus(window).toString());
    found.fact("messages", number);
    found.fact("codes", new LinkedHashMap<>(codes));
    if (number > 0) {
      found.problem(
          "%,d messages were rejected within %s (%s): read why with ./relook rejections list,"
              + " remove the cause and send them again with ./relook rejections resend.",
          number,
          Durations.text(window),
          codes.entrySet().stream()
              .map(code -> code.getValue() + " " + code.getKey())
              .collect(Collectors.joining(", ")));
    }
  }

  private long count(Duration window, Map<String, Integer> codes) {
    String topic = kafka.topic(Topic.REJECTIONS);
    long since = clock.instant().minus(window).toEpochMilli();
    MessageCodec codec = MessageCodec.standard();
    try (Consumer<String, byte[]> consumer = kafka.consumer()) {
      Map<TopicPartition, Long> wanted = new HashMap<>();
      consumer
          .partitionsFor(topic)
          .forEach(info -> wanted.put(new TopicPartition(topic, info.partition()), since));
      Map<TopicPartition, Long> ends = consumer.endOffsets(wanted.keySet());
      consumer.assign(wanted.keySet());
      consumer
          .offsetsForTimes(wanted)
          .forEach(
              (partition, first) ->
                  consumer.seek(
                      partition,
                      first == null ? ends.getOrDefault(partition, 0L) : first.offset()));
      long number = 0;
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          number++;
          if (number <= MOST_READ
              && record.value() != null
              && codec.decode(Topic.REJECTIONS, record.value()) instanceof Decoded decoded
              && decoded.record() instanceof Rejection rejection) {
            codes.merge(rejection.getCode(), 1, Integer::sum);
          }
        }
      }
      return number;
    }
  }
}

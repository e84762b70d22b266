package io.relook.client;

import io.relook.schemas.Topic;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Examines the topics: existence, partitions, settings, and the clock that stamped them. */
final class TopicCheck {
  /** From this difference on a clock is a problem; windows and token expiry count hours. */
  private static final Duration SKEW = Duration.ofSeconds(5);

  private final KafkaClients kafka;
  private final Admin admin;
  private final Clock clock;

  TopicCheck(KafkaClients kafka, Admin admin, Clock clock) {
    this.kafka = kafka;
    this.admin = admin;
    this.clock = clock;
  }

  void look(Diagnosis.Builder found) throws ExecutionException, InterruptedException {
    int existing = 0;
    long newest = Long.MIN_VALUE;
    for (Topic topic : Topic.values()) {
      String name = kafka.topic(topic);
      TopicDescription description;
      try {
        description =
            Objects.requireNonNull(
                admin.describeTopics(List.of(name)).allTopicNames().get().get(name));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
        found.problem("The topic %s does not exist: create it with ./relook topics create.", name);
        continue;
      }
      existing++;
      checkPartitions(found, description);
      checkConfig(found, topic, name);
      newest = Math.max(newest, newestRecord(description));
    }
    found.fact("topics", existing);
    long ahead = newest - clock.millis();
    if (ahead > SKEW.toMillis()) {
      found.problem(
          "The newest record is %s in the future: the clock of a broker or of this machine is"
              + " wrong; let NTP set both.",
          Duration.ofMillis(ahead));
    }
  }

  private static void checkPartitions(Diagnosis.Builder found, TopicDescription topic) {
    for (TopicPartitionInfo partition : topic.partitions()) {
      if (partition.leader() == null) {
        found.problem(
            "Partition %d of %s has no leader, so nothing can be read or written there: start its"
                + " brokers.",
            partition.partition(), topic.name());
      } else if (partition.isr().size() < partition.replicas().size()) {
        found.problem(
            "Partition %d of %s has %d of %d replicas in sync: start the missing brokers.",
            partition.partition(),
            topic.name(),
            partition.isr().size(),
            partition.replicas().size());
      }
    }
  }

  private void checkConfig(Diagnosis.Builder found, Topic topic, String name)
      throws ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
    Config config =
        Objects.requireNonNull(admin.describeConfigs(List.of(resource)).all().get().get(resource));
    List<String> others = new ArrayList<>();
    topic
        .config()
        .forEach(
            (key, wanted) -> {
              ConfigEntry entry = config.get(key);
              String is = entry == null ? "" : entry.value();
              if (wanted.equals(is)) {
                return;
              }
              if (!isNeeded(key, wanted, is)) {
                others.add(key + "=" + is);
                return;
              }
              found.problem(
                  "The topic %1$s has %2$s=%3$s, not %4$s: set it with kafka-configs.sh"
                      + " --bootstrap-server %5$s --alter --topic %1$s --add-config %2$s=%4$s.",
                  name, key, is, wanted, kafka.bootstrapServers());
            });
    if (!others.isEmpty()) {
      found.fact(name + " differs, perhaps on purpose", others);
    }
  }

  /** Whether the job depends on this setting. How long records are kept is free. */
  private static boolean isNeeded(String key, String wanted, String is) {
    return switch (key) {
      case "message.timestamp.type", "cleanup.policy" -> true;
      case "max.message.bytes" -> is.isEmpty() || Long.parseLong(is) < Long.parseLong(wanted);
      default -> false;
    };
  }

  private long newestRecord(TopicDescription topic)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (TopicPartitionInfo partition : topic.partitions()) {
      wanted.put(
          new TopicPartition(topic.name(), partition.partition()), OffsetSpec.maxTimestamp());
    }
    return admin.listOffsets(wanted).all().get().values().stream()
        .mapToLong(ListOffsetsResultInfo::timestamp)
        .max()
        .orElse(Long.MIN_VALUE);
  }
}

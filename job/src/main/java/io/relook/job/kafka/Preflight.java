package io.relook.job.kafka;

import io.relook.schemas.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks, when the job starts, that topics and brokers are as the job needs them. A mistake is then
 * a sentence with the fix, and not a failure hours later.
 */
public final class Preflight {
  private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);

  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaSettings kafka;
  private final TopicRecords topics;
  private final List<String> problems = new ArrayList<>();
  private final Map<String, TopicInstance> instances = new HashMap<>();

  /**
   * The topics as they are.
   *
   * @param imagePartitions number of partitions of the image topic
   * @param instances every topic that was found, by name
   */
  public record Found(int imagePartitions, Map<String, TopicInstance> instances) {}

  private Preflight(KafkaSettings kafka) {
    this.kafka = kafka;
    this.topics = new TopicRecords(kafka.topicPrefix(), kafka.outputTopicPrefix());
  }

  /**
   * Checks everything.
   *
   * @param fresh whether the job may start with empty state although models exist
   * @param restores whether the job starts from a checkpoint or savepoint
   * @return the topics
   * @throws IllegalStateException with a sentence for each problem
   */
  public static Found check(KafkaSettings kafka, boolean fresh, boolean restores) {
    Properties properties = new Properties();
    properties.putAll(kafka.properties());
    properties.setProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    try (Admin admin = Admin.create(properties)) {
      return new Preflight(kafka).check(admin, fresh, restores);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "A request to Kafka at "
              + kafka.bootstrapServers()
              + " failed: "
              + e.getCause()
              + ". Check kafka.bootstrap-servers and kafka.properties.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for Kafka", e);
    }
  }

  private Found check(Admin admin, boolean fresh, boolean restores)
      throws ExecutionException, InterruptedException {
    Optional<TopicDescription> images = Optional.empty();
    Optional<TopicDescription> models = Optional.empty();
    for (Topic topic : Topic.values()) {
      if (topic == Topic.PREDICTIONS) {
        continue; // for retraining policies, which this job does not run yet
      }
      Optional<TopicDescription> description = describe(admin, topics.name(topic));
      if (description.isPresent()) {
        checkSettings(admin, topic, description.get());
      }
      if (topic == Topic.IMAGES) {
        images = description;
      } else if (topic == Topic.MODELS) {
        models = description;
      }
    }
    checkTransactionTimeout(admin);
    if (models.isPresent() && !restores) {
      checkEmptyOutputs(models.get(), fresh);
    }
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "The job cannot start:\n  - " + String.join("\n  - ", problems));
    }
    return new Found(images.orElseThrow().partitions().size(), Map.copyOf(instances));
  }

  private Optional<TopicDescription> describe(Admin admin, String name)
      throws ExecutionException, InterruptedException {
    try {
      return Optional.ofNullable(
          admin.describeTopics(List.of(name)).allTopicNames().get().get(name));
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw e;
      }
      problems.add(
          "The topic " + name + " does not exist: create all topics with ./relook topics create.");
      return Optional.empty();
    }
  }

  private void checkSettings(Admin admin, Topic topic, TopicDescription description)
      throws ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topics.name(topic));
    Config settings = admin.describeConfigs(List.of(resource)).all().get().get(resource);
    if (settings == null) {
      return;
    }
    instances.put(
        description.name(),
        new TopicInstance(
            description.topicId().toString(),
            Long.parseLong(settings.get(TopicConfig.RETENTION_MS_CONFIG).value())));
    for (String key : List.of("message.timestamp.type", "cleanup.policy")) {
      expect(topic, settings, key);
    }
    long largest = Long.parseLong(settings.get("max.message.bytes").value());
    if (largest < topic.maxMessageBytes()) {
      problems.add(
          "The topic "
              + topics.name(topic)
              + " has max.message.bytes="
              + largest
              + ": set it to at least "
              + topic.maxMessageBytes()
              + ".");
    }
  }

  private void expect(Topic topic, Config settings, String key) {
    String wanted = topic.config().get(key);
    String is = settings.get(key).value();
    if (wanted != null && !Arrays.asList(is.split(",")).contains(wanted)) {
      problems.add(
          "The topic "
              + topics.name(topic)
              + " has "
              + key
              + "="
              + is
              + ": set it to "
              + wanted
              + ", for instance with kafka-configs.sh --alter --topic "
              + topics.name(topic)
              + " --add-config "
              + key
              + "="
              + wanted
              + ".");
    }
  }

  private void checkTransactionTimeout(Admin admin)
      throws ExecutionException, InterruptedException {
    Duration wanted = kafka.transactionTimeout();
    for (Node node : admin.describeCluster().nodes().get()) {
      ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
      Config settings = admin.describeConfigs(List.of(broker)).all().get().get(broker);
      if (settings == null || settings.get("transaction.max.timeout.ms") == null) {
        continue;
      }
      Duration most =
          Duration.ofMillis(Long.parseLong(settings.get("transaction.max.timeout.ms").value()));
      if (most.compareTo(wanted) < 0) {
        problems.add(
            "Broker "
                + node.idString()
                + " allows transactions of at most "
                + most
                + " (transaction.max.timeout.ms), but kafka.transaction-timeout is "
                + wanted
                + ": raise the broker's setting. The job also starts with a lower"
                + " kafka.transaction-timeout, but then it loses records that it wrote when it is"
                + " down for longer than that.");
      }
    }
    if (wanted.compareTo(Duration.ofDays(1)) < 0) {
      LOG.warn(
          "kafka.transaction-timeout is {}: when the job is down for longer, replies and events"
              + " that it wrote are lost. The default is seven days.",
          wanted);
    }
  }

  private void checkEmptyOutputs(TopicDescription models, boolean fresh) {
    if (!hasModels(models)) {
      return;
    }
    String fix =
        "The topic "
            + models.name()
            + " has models, but the job would start with empty state and use their version"
            + " numbers a second time. Start it from its newest checkpoint or savepoint; to"
            + " replay the inputs instead, give --job.fresh true with a kafka.output-topic-prefix"
            + " whose topics are empty.";
    if (!fresh) {
      problems.add(fix);
    } else if (kafka.outputTopicPrefix().equals(kafka.topicPrefix())) {
      problems.add(fix);
    } else {
      problems.add(
          "job.fresh needs empty output topics, but "
              + models.name()
              + " has records: give another kafka.output-topic-prefix.");
    }
  }

  /**
   * Whether there is a model. Offsets do not tell: aborted transactions and deleted models leave
   * offsets, too.
   */
  private boolean hasModels(TopicDescription models) {
    Properties properties = new Properties();
    properties.putAll(kafka.properties());
    properties.setProperty(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    List<TopicPartition> partitions =
        models.partitions().stream()
            .map(partition -> new TopicPartition(models.name(), partition.partition()))
            .toList();
    Set<ByteBuffer> keys = new HashSet<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          ByteBuffer key = ByteBuffer.wrap(record.key() == null ? new byte[0] : record.key());
          if (record.value() == null) {
            keys.remove(key);
          } else {
            keys.add(key);
          }
        }
      }
    }
    return !keys.isEmpty();
  }
}

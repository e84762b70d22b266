package io.relook.client;

import io.relook.schemas.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics of the catalogue and compares existing ones with it. */
public final class Topics {
  private final KafkaClients kafka;

  Topics(KafkaClients kafka) {
    this.kafka = kafka;
  }

  /**
   * One topic after {@link #create}.
   *
   * @param created whether this call created it
   * @param differences settings that differ from the catalogue, each as a sentence; they are never
   *     changed
   */
  public record State(
      Topic topic, String name, int partitions, boolean created, List<String> differences) {}

  /**
   * Creates every missing topic and does not change the others.
   *
   * @param partitions numbers of partitions where they differ from the catalogue
   * @param replication copies of each partition; empty for the cluster's default
   * @return one state per topic, in the order of the flow
   * @throws RelookException when the broker answers with an error or not at all
   */
  public List<State> create(Map<Topic, Integer> partitions, Optional<Short> replication) {
    try (Admin admin = kafka.admin()) {
      Map<Topic, Boolean> created = new TreeMap<>();
      List<NewTopic> wanted = new ArrayList<>();
      for (Topic topic : Topic.values()) {
        wanted.add(
            new NewTopic(
                    kafka.topic(topic),
                    Optional.of(partitions.getOrDefault(topic, topic.partitions())),
                    replication)
                .configs(topic.config()));
      }
      var results = admin.createTopics(wanted).values();
      for (Topic topic : Topic.values()) {
        created.put(topic, wasCreated(Objects.requireNonNull(results.get(kafka.topic(topic)))));
      }
      return describe(admin, created, partitions);
    }
  }

  private boolean wasCreated(KafkaFuture<Void> result) {
    try {
      result.get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false;
      }
      throw kafka.failure("Creating a topic", e);
    } catch (InterruptedException e) {
      throw Interrupts.stopped(e);
    }
  }

  private List<State> describe(
      Admin admin, Map<Topic, Boolean> created, Map<Topic, Integer> partitions) {
    List<String> names = created.keySet().stream().map(kafka::topic).toList();
    List<ConfigResource> resources =
        names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    try {
      Map<String, TopicDescription> descriptions = describeWhenKnown(admin, names);
      Map<ConfigResource, Config> configs = admin.describeConfigs(resources).all().get();
      List<State> states = new ArrayList<>();
      for (Topic topic : created.keySet()) {
        String name = kafka.topic(topic);
        int present = Objects.requireNonNull(descriptions.get(name)).partitions().size();
        List<String> differences = new ArrayList<>();
        int wanted = partitions.getOrDefault(topic, topic.partitions());
        if (present != wanted) {
          differences.add("partitions is %d, not %d".formatted(present, wanted));
        }
        Config config =
            Objects.requireNonNull(
                configs.get(new ConfigResource(ConfigResource.Type.TOPIC, name)));
        topic
            .config()
            .forEach(
                (key, value) -> {
                  ConfigEntry entry = config.get(key);
                  if (entry != null && !value.equals(entry.value())) {
                    differences.add("%s is %s, not %s".formatted(key, entry.value(), value));
                  }
                });
        states.add(
            new State(
                topic,
                name,
                present,
                created.getOrDefault(topic, false),
                List.copyOf(differences)));
      }
      return states;
    } catch (ExecutionException e) {
      throw kafka.failure("Describing the topics", e);
    } catch (InterruptedException e) {
      throw Interrupts.stopped(e);
    }
  }

  private Map<String, TopicDescription> describeWhenKnown(Admin admin, Collection<String> names)
      throws ExecutionException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return admin.describeTopics(names).allTopicNames().get();
      } catch (ExecutionException e) {
        // A broker may not know yet the topics that the controller has just created.
        boolean notYet = e.getCause() instanceof UnknownTopicOrPartitionException;
        if (!notYet || attempt == 50) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }
}

package io.relook.client;

import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.Rejection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks at everything of an installation that Kafka knows. Changes nothing but what it is told. */
public final class KafkaDoctor implements AutoCloseable {
  /** Clocks this far apart are said; windows and token expiry count in days and hours. */
  private static final Duration SKEW = Duration.ofSeconds(5);

  /** Rejections whose reasons are counted; more are only counted. */
  private static final int MOST_READ = 1000;

  /** Topics the job reads, each in a consumer group of its own. */
  private static final List<Topic> READ = List.of(Topic.IMAGES, Topic.COMMANDS, Topic.OUTCOMES);

  private static final String MAX_TIMEOUT = "transaction.max.timeout.ms";

  private final KafkaClients kafka;
  private final Clock clock;
  private final Admin admin;

  KafkaDoctor(KafkaClients kafka, Clock clock) {
    this.kafka = kafka;
    this.clock = clock;
    this.admin = kafka.admin();
  }

  /** What is asked of Kafka, which answers in futures. */
  private interface Question {
    void ask(Diagnosis.Builder found) throws ExecutionException, InterruptedException;
  }

  private Diagnosis diagnose(String part, String doing, Question question) {
    Diagnosis.Builder found = new Diagnosis.Builder(part);
    try {
      question.ask(found);
    } catch (ExecutionException | KafkaException e) {
      found.problem("%s", String.valueOf(kafka.failure(doing, e).getMessage()));
    } catch (InterruptedException e) {
      throw Interrupts.stopped(e);
    }
    return found.build();
  }

  /**
   * Brokers, their version, clock, and how long they let transactions be open.
   *
   * @param transactionTimeout the job's {@code kafka.transaction-timeout}
   */
  public Diagnosis broker(Duration transactionTimeout) {
    return diagnose(
        "broker",
        "Asking the brokers",
        found -> {
          Collection<Node> nodes = admin.describeCluster().nodes().get();
          found.fact("bootstrapServers", kafka.bootstrapServers());
          found.fact("brokers", nodes.size());
          FinalizedVersionRange version =
              admin
                  .describeFeatures()
                  .featureMetadata()
                  .get()
                  .finalizedFeatures()
                  .get("metadata.version");
          found.fact("metadataVersion", version == null ? "none" : version.maxVersionLevel());
          for (Node node : nodes) {
            checkTransactionTimeout(found, node, transactionTimeout);
          }
        });
  }

  private void checkTransactionTimeout(Diagnosis.Builder found, Node node, Duration wanted)
      throws ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
    Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
    ConfigEntry entry = config == null ? null : config.get(MAX_TIMEOUT);
    if (entry == null) {
      return;
    }
    Duration most = Duration.ofMillis(Long.parseLong(entry.value()));
    found.fact("transactionMaxTimeout", most.toString());
    if (most.compareTo(wanted) < 0) {
      found.problem(
          "Broker %s lets transactions be open for %s at most (%s), the job wants %s"
              + " (kafka.transaction-timeout): raise the broker's setting, or what the job wrote"
              + " before a longer downtime is lost.",
          node.idString(), most, MAX_TIMEOUT, wanted);
    }
  }

  /** Whether the topics are there, whole, and as the catalogue has them. */
  public Diagnosis topics() {
    return diagnose(
        "topics",
        "Describing the topics",
        found -> {
          int there = 0;
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
              found.problem(
                  "The topic %s does not exist: create it with ./relook topics create.", name);
              continue;
            }
            there++;
            checkPartitions(found, description);
            checkConfig(found, topic, name);
            newest = Math.max(newest, newestRecord(description));
          }
          found.fact("topics", there);
          long ahead = newest - clock.millis();
          if (ahead > SKEW.toMillis()) {
            found.problem(
                "The newest record is %s in the future: the clock of a broker or of this machine"
                    + " is wrong; let NTP set both.",
                Duration.ofMillis(ahead));
          }
        });
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
            "Partition %d of %s has %d of %d copies in step: start the missing brokers.",
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
      found.fact(name + " differs, which may be meant", others);
    }
  }

  /** Whether the job would not start, or decide otherwise. How long records are kept is free. */
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
    partitions(topic).forEach(partition -> wanted.put(partition, OffsetSpec.maxTimestamp()));
    return admin.listOffsets(wanted).all().get().values().stream()
        .mapToLong(ListOffsetsResultInfo::timestamp)
        .max()
        .orElse(Long.MIN_VALUE);
  }

  private static List<TopicPartition> partitions(TopicDescription topic) {
    return topic.partitions().stream()
        .map(partition -> new TopicPartition(topic.name(), partition.partition()))
        .toList();
  }

  /**
   * Transactions of the job that are open. While it runs some always are, for one checkpoint.
   *
   * @param prefix the job's {@code kafka.transactional-id-prefix}
   * @param tooLong age from which one is a problem; zero when no job runs that could end it
   */
  public Diagnosis transactions(String prefix, Duration tooLong) {
    return diagnose(
        "transactions",
        "Listing the job's transactions",
        found -> {
          Map<String, TransactionDescription> open = open(prefix);
          List<String> shown = new ArrayList<>();
          open.forEach(
              (id, transaction) -> {
                Duration age = age(transaction);
                shown.add(id + " for " + text(age));
                if (age.compareTo(tooLong) < 0) {
                  return;
                }
                found.problem(
                    "The transaction %s is open for %s on %s, and readers with read_committed wait"
                        + " behind it: start the job again from its newest checkpoint, which ends"
                        + " it; only if that job will never go on, end it with ./relook doctor"
                        + " --abort-transactions, which discards what it wrote.",
                    id, text(age), topicsOf(transaction));
              });
          found.fact("open", shown);
        });
  }

  private static String topicsOf(TransactionDescription transaction) {
    Set<String> topics =
        transaction.topicPartitions().stream()
            .map(TopicPartition::topic)
            .collect(Collectors.toCollection(java.util.TreeSet::new));
    return topics.isEmpty() ? "no topic" : String.join(", ", topics);
  }

  private Duration age(TransactionDescription transaction) {
    OptionalLong started = transaction.transactionStartTimeMs();
    return started.isEmpty()
        ? Duration.ZERO
        : Duration.ofMillis(Math.max(0, clock.millis() - started.getAsLong()));
  }

  private static String text(Duration age) {
    return age.toMinutes() == 0
        ? age.toSeconds() + " s"
        : age.toHours() == 0 ? age.toMinutes() + " min" : age.toHours() + " h";
  }

  private Map<String, TransactionDescription> open(String prefix)
      throws ExecutionException, InterruptedException {
    Collection<TransactionListing> all =
        admin
            .listTransactions(
                new ListTransactionsOptions()
                    .filterStates(
                        Set.of(
                            TransactionState.ONGOING,
                            TransactionState.PREPARE_ABORT,
                            TransactionState.PREPARE_COMMIT)))
            .all()
            .get();
    List<String> ours =
        all.stream()
            .map(TransactionListing::transactionalId)
            .filter(id -> id.startsWith(prefix + "-"))
            .sorted()
            .toList();
    return new TreeMap<>(admin.describeTransactions(ours).all().get());
  }

  /**
   * Ends the job's open transactions: what they wrote is discarded. The coordinator does it, as if
   * the job had come back and had nothing to commit, so all partitions end alike.
   *
   * @return the transactional ids
   * @throws RelookException when Kafka refuses
   */
  public List<String> abortTransactions(String prefix) {
    try {
      List<String> ids = List.copyOf(open(prefix).keySet());
      admin.fenceProducers(ids).all().get();
      return ids;
    } catch (ExecutionException | KafkaException e) {
      throw kafka.failure("Ending the job's transactions", e);
    } catch (InterruptedException e) {
      throw Interrupts.stopped(e);
    }
  }

  /**
   * How far the job is behind, by its committed offsets: these move with each checkpoint.
   *
   * @param prefix the job's {@code kafka.transactional-id-prefix}, with which its groups begin
   * @param tooMuch messages of one partition from which lag is a problem. The ends of transactions
   *     count as messages, so a few are normal.
   */
  public Diagnosis lag(String prefix, long tooMuch) {
    return diagnose(
        "lag",
        "Asking for the job's offsets",
        found -> {
          for (Topic topic : READ) {
            String name = kafka.topic(topic);
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            TopicDescription description =
                Objects.requireNonNull(
                    admin.describeTopics(List.of(name)).allTopicNames().get().get(name));
            partitions(description).forEach(partition -> ends.put(partition, OffsetSpec.latest()));
            Map<TopicPartition, ListOffsetsResultInfo> last =
                admin
                    .listOffsets(ends, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .get();
            Map<TopicPartition, OffsetAndMetadata> read =
                admin
                    .listConsumerGroupOffsets(prefix + "-" + name)
                    .partitionsToOffsetAndMetadata()
                    .get();
            Map<String, Long> lags = new TreeMap<>();
            last.forEach(
                (partition, end) -> {
                  OffsetAndMetadata at = read.get(partition);
                  long lag = Math.max(0, end.offset() - (at == null ? 0 : at.offset()));
                  lags.put(Integer.toString(partition.partition()), lag);
                  if (lag > tooMuch) {
                    found.problem(
                        "The job is %,d messages behind on partition %d of %s: if it runs and this"
                            + " grows, add task managers or raise extraction.threads; trainings"
                            + " wait for the slowest partition.",
                        lag, partition.partition(), name);
                  }
                });
            found.fact(name, lags);
          }
        });
  }

  /** What was refused in the last time, by reason. */
  public Diagnosis rejections(Duration window) {
    return diagnose(
        "rejections",
        "Reading the rejections",
        found -> {
          Map<String, Integer> codes = new TreeMap<>();
          long number = count(window, codes);
          found.fact("since", clock.instant().minus(window).toString());
          found.fact("messages", number);
          found.fact("codes", new LinkedHashMap<>(codes));
          if (number > 0) {
            found.problem(
                "%,d messages were rejected within %s (%s): read why with ./relook rejections"
                    + " list, mend the cause and send them again with ./relook rejections resend.",
                number,
                text(window),
                codes.entrySet().stream()
                    .map(code -> code.getValue() + " " + code.getKey())
                    .collect(Collectors.joining(", ")));
          }
        });
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
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          number++;
          if (number <= MOST_READ
              && record.value() != null
              && codec.decode(Topic.REJECTIONS, record.value())
                  instanceof io.relook.schemas.Decoding.Decoded decoded
              && decoded.record() instanceof Rejection rejection) {
            codes.merge(rejection.getCode(), 1, Integer::sum);
          }
        }
      }
      return number;
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}

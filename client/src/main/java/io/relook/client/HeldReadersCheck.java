package io.relook.client;

import io.relook.schemas.Topic;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds transactions of any program that hold back readers with {@code read_committed}: they get
 * nothing behind the last stable offset, which is where the oldest open transaction begins.
 */
final class HeldReadersCheck {
  /**
   * A program that sends in transactions ends each at once. {@code transaction.timeout.ms} of a
   * producer is a minute by default, so its broker ends one that was forgotten.
   */
  private static final Duration TOO_LONG = Duration.ofMinutes(1);

  private final KafkaClients kafka;
  private final Admin admin;
  private final Clock clock;

  HeldReadersCheck(KafkaClients kafka, Admin admin, Clock clock) {
    this.kafka = kafka;
    this.admin = admin;
    this.clock = clock;
  }

  /** What the coordinator knows about a transaction; a hanging one it does not know. */
  private record Known(String id, TransactionDescription transaction) {}

  /** A transaction that begins at the last stable offset of a partition. */
  private record Holder(TopicPartition partition, long waiting, ProducerState producer) {
    long start() {
      return producer.currentTransactionStartOffset().orElseThrow();
    }
  }

  /**
   * Adds a problem for each transaction that holds readers back, except for the job's own.
   *
   * @param prefix the job's {@code kafka.transactional-id-prefix}
   */
  void look(Diagnosis.Builder found, String prefix)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> waiting = waiting();
    if (waiting.isEmpty()) {
      return;
    }
    Map<Long, List<Holder>> holders = holders(waiting);
    Map<Long, Known> known = known(holders.keySet());
    List<String> shown = new ArrayList<>();
    holders.forEach(
        (producer, held) -> {
          Optional<Known> transaction = Optional.ofNullable(known.get(producer));
          if (transaction.filter(t -> t.id().startsWith(prefix + "-")).isPresent()) {
            return;
          }
          Duration age = age(transaction, held);
          String name =
              transaction.map(t -> "transaction " + t.id()).orElse("transaction of unknown id");
          shown.add(name + " for " + Durations.text(age));
          if (age.compareTo(TOO_LONG) >= 0) {
            found.problem("%s", sentence(name, producer, age, transaction, held));
          }
        });
    if (!shown.isEmpty()) {
      found.fact("foreign", shown);
    }
  }

  private String sentence(
      String name, long producer, Duration age, Optional<Known> transaction, List<Holder> held) {
    Holder first = held.get(0);
    List<String> partitions = held.stream().map(h -> h.partition().toString()).sorted().toList();
    long messages = held.stream().mapToLong(Holder::waiting).sum();
    String end =
        transaction.isPresent()
            ? "start that program again, whose producer then ends it, or end it with"
                + " kafka-transactions.sh --bootstrap-server %s forceTerminateTransaction"
                    .formatted(kafka.bootstrapServers())
                + " --transactionalId "
                + transaction.get().id()
            : "end it on each partition as kafka-transactions.sh --bootstrap-server %s abort"
                    .formatted(kafka.bootstrapServers())
                + " --topic %s --partition %d --start-offset %d"
                    .formatted(
                        first.partition().topic(), first.partition().partition(), first.start());
    return ("The %s (producer id %d, epoch %d), which is not the job's, is open for %s and holds"
            + " readers back: %d records of %s wait behind it, and so does the job: %s. What it"
            + " wrote is discarded.")
        .formatted(
            name,
            producer,
            first.producer().producerEpoch(),
            Durations.text(age),
            messages,
            String.join(", ", partitions),
            end);
  }

  private Duration age(Optional<Known> transaction, List<Holder> held) {
    long since =
        transaction
            .flatMap(t -> optional(t.transaction()))
            .orElseGet(
                () -> held.stream().mapToLong(h -> h.producer().lastTimestamp()).min().orElse(0));
    return Duration.ofMillis(Math.max(0, clock.millis() - since));
  }

  private static Optional<Long> optional(TransactionDescription transaction) {
    return transaction.transactionStartTimeMs().stream().boxed().findFirst();
  }

  /** Records behind the last stable offset, by partition. */
  private Map<TopicPartition, Long> waiting() throws ExecutionException, InterruptedException {
    Set<String> existing = admin.listTopics().names().get();
    List<String> names =
        Arrays.stream(Topic.values()).map(kafka::topic).filter(existing::contains).toList();
    EndOffsets ends = new EndOffsets(admin, names);
    Map<TopicPartition, ListOffsetsResultInfo> stable = ends.at(IsolationLevel.READ_COMMITTED);
    Map<TopicPartition, Long> waiting = new HashMap<>();
    ends.at(IsolationLevel.READ_UNCOMMITTED)
        .forEach(
            (partition, end) -> {
              ListOffsetsResultInfo at = stable.get(partition);
              if (at != null && at.offset() < end.offset()) {
                waiting.put(partition, end.offset() - at.offset());
              }
            });
    return waiting;
  }

  private Map<Long, List<Holder>> holders(Map<TopicPartition, Long> waiting)
      throws ExecutionException, InterruptedException {
    Map<Long, List<Holder>> holders = new TreeMap<>();
    admin
        .describeProducers(waiting.keySet())
        .all()
        .get()
        .forEach(
            (partition, state) -> {
              for (ProducerState producer : state.activeProducers()) {
                if (producer.currentTransactionStartOffset().isPresent()) {
                  holders
                      .computeIfAbsent(producer.producerId(), id -> new ArrayList<>())
                      .add(new Holder(partition, waiting.getOrDefault(partition, 0L), producer));
                }
              }
            });
    return holders;
  }

  private Map<Long, Known> known(Collection<Long> producers)
      throws ExecutionException, InterruptedException {
    List<String> ids =
        admin.listTransactions().all().get().stream()
            .filter(listing -> producers.contains(listing.producerId()))
            .map(TransactionListing::transactionalId)
            .toList();
    Map<Long, Known> known = new HashMap<>();
    admin
        .describeTransactions(ids)
        .all()
        .get()
        .forEach(
            (id, transaction) -> known.put(transaction.producerId(), new Known(id, transaction)));
    return known;
  }
}

package io.relook.client;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;

/** Examines the job's open transactions, and ends them on request. */
final class TransactionCheck {
  private final Admin admin;
  private final Clock clock;

  TransactionCheck(Admin admin, Clock clock) {
    this.admin = admin;
    this.clock = clock;
  }

  void look(Diagnosis.Builder found, String prefix, Duration tooLong)
      throws ExecutionException, InterruptedException {
    List<String> shown = new ArrayList<>();
    open(prefix)
        .forEach(
            (id, transaction) -> {
              Duration age = age(transaction);
              shown.add(id + " for " + Durations.text(age));
              if (age.compareTo(tooLong) < 0) {
                return;
              }
              found.problem(
                  "The transaction %s is open for %s on %s, and readers with read_committed"
                      + " wait behind it: start the job again from its newest checkpoint, which"
                      + " ends the transaction. Only if that job will never continue, end it with"
                      + " ./relook doctor --abort-transactions, which discards what it wrote.",
                  id, Durations.text(age), topicsOf(transaction));
            });
    found.fact("open", shown);
  }

  /** Ends the open transactions and answers their ids. */
  List<String> abort(String prefix) throws ExecutionException, InterruptedException {
    List<String> ids = List.copyOf(open(prefix).keySet());
    admin.fenceProducers(ids).all().get();
    return ids;
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

  private static String topicsOf(TransactionDescription transaction) {
    Set<String> topics =
        transaction.topicPartitions().stream()
            .map(TopicPartition::topic)
            .collect(Collectors.toCollection(TreeSet::new));
    return topics.isEmpty() ? "no topic" : String.join(", ", topics);
  }

  private Duration age(TransactionDescription transaction) {
    OptionalLong started = transaction.transactionStartTimeMs();
    return started.isEmpty()
        ? Duration.ZERO
        : Duration.ofMillis(Math.max(0, clock.millis() - started.getAsLong()));
  }
}

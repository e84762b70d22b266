package io.relook.chaos;

import io.relook.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Asks the broker what the job has written and not committed. */
final class BrokerWatch {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final String bootstrapServers;
  private final int imagePartitions;

  BrokerWatch(String bootstrapServers, int imagePartitions) {
    this.bootstrapServers = bootstrapServers;
    this.imagePartitions = imagePartitions;
  }

  /** Records between the last stable offset and the end, on all topics that the job writes. */
  long uncommitted() {
    try (Admin admin = admin()) {
      Map<TopicPartition, OffsetSpec> ends = outputs();
      var all =
          admin.listOffsets(ends, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED)).all();
      var committed =
          admin.listOffsets(ends, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all();
      long open = 0;
      var ending = all.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      var stable = committed.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      for (TopicPartition partition : ends.keySet()) {
        var end = ending.get(partition);
        var last = stable.get(partition);
        if (end != null && last != null) {
          open += Math.max(0, end.offset() - last.offset());
        }
      }
      return open;
    } catch (ExecutionException | TimeoutException e) {
      return 0; // without an answer nothing is proved, so nothing counts
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private Map<TopicPartition, OffsetSpec> outputs() {
    Map<TopicPartition, OffsetSpec> outputs = new HashMap<>();
    for (Topic topic :
        List.of(
            Topic.REPLIES,
            Topic.MODELS,
            Topic.PROJECTS,
            Topic.DATASETS,
            Topic.OUTCOMES,
            Topic.REJECTIONS)) {
      outputs.put(new TopicPartition(topic.name(Topic.DEFAULT_PREFIX), 0), OffsetSpec.latest());
    }
    for (int partition = 0; partition < imagePartitions; partition++) {
      outputs.put(
          new TopicPartition(Topic.IMAGES.name(Topic.DEFAULT_PREFIX), partition),
          OffsetSpec.latest());
    }
    return outputs;
  }

  private Admin admin() {
    return Admin.create(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "request.timeout.ms",
            "3000",
            "default.api.timeout.ms",
            "3000"));
  }

  /**
   * A sentence for each transaction that is open although all jobs are stopped, and for records
   * that readers of committed records cannot see.
   */
  List<String> openTransactions() {
    List<String> open = new ArrayList<>();
    try (Admin admin = admin()) {
      admin
          .listTransactions()
          .all()
          .get()
          .forEach(
              transaction -> {
                if (transaction.state() != TransactionState.COMPLETE_COMMIT
                    && transaction.state() != TransactionState.COMPLETE_ABORT
                    && transaction.state() != TransactionState.EMPTY) {
                  open.add(
                      "The transaction %s is %s."
                          .formatted(transaction.transactionalId(), transaction.state()));
                }
              });
    } catch (ExecutionException e) {
      open.add("The broker did not list its transactions: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    long held = uncommitted();
    if (held > 0) {
      open.add(held + " records are hidden from readers of committed records.");
    }
    return open;
  }
}

package io.relook.client;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** The ends of all partitions of some topics. */
final class EndOffsets {
  private final Admin admin;
  private final Map<TopicPartition, OffsetSpec> latest = new HashMap<>();

  /**
   * Asks which partitions there are.
   *
   * @param topics names of topics that exist
   */
  EndOffsets(Admin admin, Collection<String> topics)
      throws ExecutionException, InterruptedException {
    this.admin = admin;
    admin
        .describeTopics(topics)
        .allTopicNames()
        .get()
        .forEach(
            (name, topic) ->
                topic
                    .partitions()
                    .forEach(
                        partition ->
                            latest.put(
                                new TopicPartition(name, partition.partition()),
                                OffsetSpec.latest())));
  }

  /** The end of each partition for readers of this isolation level. */
  Map<TopicPartition, ListOffsetsResultInfo> at(IsolationLevel level)
      throws ExecutionException, InterruptedException {
    return admin.listOffsets(latest, new ListOffsetsOptions(level)).all().get();
  }
}

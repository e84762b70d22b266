package io.relook.client;

import io.relook.schemas.Topic;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Examines how many messages the job has not read yet. */
final class LagCheck {
  /** Topics the job reads, each in a consumer group of its own. */
  private static final List<Topic> READ = List.of(Topic.IMAGES, Topic.COMMANDS, Topic.OUTCOMES);

  private final KafkaClients kafka;
  private final Admin admin;

  LagCheck(KafkaClients kafka, Admin admin) {
    this.kafka = kafka;
    this.admin = admin;
  }

  void look(Diagnosis.Builder found, String prefix, long tooMuch)
      throws ExecutionException, InterruptedException {
    for (Topic topic : READ) {
      String name = kafka.topic(topic);
      Map<TopicPartition, OffsetAndMetadata> read =
          admin.listConsumerGroupOffsets(prefix + "-" + name).partitionsToOffsetAndMetadata().get();
      Map<String, Long> lags = new TreeMap<>();
      Map<TopicPartition, ListOffsetsResultInfo> ends =
          new EndOffsets(admin, List.of(name)).at(IsolationLevel.READ_COMMITTED);
      if (!read.isEmpty() && read.size() < ends.size()) {
        found.problem(
            "The topic %s has %d partitions, and the job reads %d: partitions were added while it"
                + " ran. Commands that concern a data set wait, and what stands in the new"
                + " partitions is not read: stop the job with a savepoint and start it again from"
                + " there.",
            name, ends.size(), read.size());
      }
      ends.forEach(
          (partition, end) -> {
            OffsetAndMetadata at = read.get(partition);
            long lag = Math.max(0, end.offset() - (at == null ? 0 : at.offset()));
            lags.put(Integer.toString(partition.partition()), lag);
            if (lag > tooMuch) {
              found.problem(
                  "The job is %,d messages behind on partition %d of %s: if it runs and this"
                      + " grows, add task managers or raise extraction.threads; trainings wait"
                      + " for the slowest partition.",
                  lag, partition.partition(), name);
            }
          });
      found.fact(name, lags);
    }
  }
}

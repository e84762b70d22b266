package io.relook.job.kafka;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * Kafka's own partitioner: murmur2 of the key, as every Kafka client for Java has it by default.
 */
public final class KeyPartition {

  private KeyPartition() {}

  /** The partition of a key in a topic with so many partitions. */
  public static int of(String key, int partitions) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    return Utils.toPositive(Utils.murmur2(bytes)) % partitions;
  }
}

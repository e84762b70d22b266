package io.relook.job.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class KeyPartitionTest {

  @Test
  void itIsThePartitionThatKafkasProducerChooses() {
    for (int i = 0; i < 1_000; i++) {
      String key = "12345678901" + i % 10 + "/project-" + i;
      int partitions = 1 + i % 40;

      assertThat(KeyPartition.of(key, partitions))
          .isEqualTo(
              BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), partitions));
    }
  }

  @Test
  void anExample() {
    assertThat(KeyPartition.of("000000000000/parts", 6)).isEqualTo(4);
  }
}

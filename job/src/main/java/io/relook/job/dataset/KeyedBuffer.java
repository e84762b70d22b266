package io.relook.job.dataset;

import io.relook.job.dataset.TimeIndex.Cells;
import io.relook.job.domain.ImageChange;
import io.relook.job.state.StateAccess;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.state.ValueState;

/**
 * Changes that wait for a cut, each in a cell of its own: taking one rewrites no other, and no
 * value of state grows with their number.
 */
final class KeyedBuffer {

  /** Far above the partitions of a topic, and far above the changes that can wait in one. */
  private static final int POSITION_BITS = 40;

  private final Cells<Long, BufferedChange> changes;
  private final ValueState<BufferQueues> queues;

  /**
   * @param changes by partition and number in the partition's queue
   */
  KeyedBuffer(Cells<Long, BufferedChange> changes, ValueState<BufferQueues> queues) {
    this.changes = changes;
    this.queues = queues;
  }

  /** Partitions of which something waits. */
  Set<Integer> partitions() {
    return queues().partitions();
  }

  /** The change of a partition that waits longest. */
  Optional<BufferedChange> first(int partition) {
    return changes.get(place(partition, queues().firstOf(partition)));
  }

  /** Puts a change at the end of its partition's queue. */
  void add(ImageChange change) {
    int partition = change.origin().partition();
    BufferQueues before = queues();
    changes.put(
        place(partition, before.endOf(partition)), new BufferedChange(before.arrivals(), change));
    put(before.withOneMore(partition));
  }

  void removeFirst(int partition) {
    BufferQueues before = queues();
    changes.remove(place(partition, before.firstOf(partition)));
    put(before.withoutFirst(partition));
  }

  private BufferQueues queues() {
    return StateAccess.read(queues::value).orElse(BufferQueues.EMPTY);
  }

  private void put(BufferQueues now) {
    if (now.isEmpty()) {
      queues.clear();
    } else {
      StateAccess.write(() -> queues.update(now));
    }
  }

  private static long place(int partition, long number) {
    return (long) partition << POSITION_BITS | number;
  }
}

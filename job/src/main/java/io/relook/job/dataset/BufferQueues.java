package io.relook.job.dataset;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Where the queues of changes that wait for a cut begin and end: one queue for each partition, in
 * the order of its offsets. Immutable.
 *
 * @param arrivals number of changes that began to wait since the queues were empty
 * @param first number of the first change of a partition's queue
 * @param end number behind the last change of a partition's queue
 */
public record BufferQueues(long arrivals, Map<Integer, Long> first, Map<Integer, Long> end) {

  static final BufferQueues EMPTY = new BufferQueues(0, Map.of(), Map.of());

  /** Partitions whose queues hold something. */
  Set<Integer> partitions() {
    return first.keySet();
  }

  boolean isEmpty() {
    return first.isEmpty();
  }

  long firstOf(int partition) {
    return first.getOrDefault(partition, 0L);
  }

  long endOf(int partition) {
    return end.getOrDefault(partition, 0L);
  }

  BufferQueues withOneMore(int partition) {
    Map<Integer, Long> begins = new HashMap<>(first);
    Map<Integer, Long> ends = new HashMap<>(end);
    begins.putIfAbsent(partition, 0L);
    ends.merge(partition, 1L, Long::sum);
    return new BufferQueues(arrivals + 1, begins, ends);
  }

  BufferQueues withoutFirst(int partition) {
    Map<Integer, Long> begins = new HashMap<>(first);
    Map<Integer, Long> ends = new HashMap<>(end);
    begins.merge(partition, 1L, Long::sum);
    if (begins.getOrDefault(partition, 0L) >= ends.getOrDefault(partition, 0L)) {
      begins.remove(partition);
      ends.remove(partition);
    }
    return new BufferQueues(arrivals, begins, ends);
  }
}

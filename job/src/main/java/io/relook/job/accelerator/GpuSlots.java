package io.relook.job.accelerator;

import java.io.Serializable;
import java.util.OptionalInt;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Slots of two kinds: some with GPUs, for extraction and training, and plain ones for all else.
 * Flink wants the resources of every slot sharing group to be named, or of none.
 *
 * @param resource name of Flink's external resource
 * @param amount devices of it in one slot; below 1, slots share a device
 * @param parallelism subtasks with a GPU; 0 as the job's
 * @param gpu resources of a slot with a GPU
 * @param plain resources of the others
 */
public record GpuSlots(String resource, double amount, int parallelism, Slot gpu, Slot plain) {

  /** Name of the group whose slots have GPUs. */
  public static final String GROUP = "gpu";

  /** Flink's own name for the group of everything that names none. */
  public static final String PLAIN_GROUP = "default";

  /**
   * Resources of a slot.
   *
   * @param cpuCores processor cores; they bound how many slots a task manager gives away
   * @param offHeap memory that ONNX Runtime allocates outside the heap
   * @param managed memory of RocksDB
   */
  public record Slot(double cpuCores, MemorySize heap, MemorySize offHeap, MemorySize managed)
      implements Serializable {

    private SlotSharingGroup.Builder of(String group) {
      return SlotSharingGroup.newBuilder(group)
          .setCpuCores(cpuCores)
          .setTaskHeapMemory(heap)
          .setTaskOffHeapMemory(offHeap)
          .setManagedMemory(managed);
    }
  }

  /** Makes both groups known to the environment. */
  public void register(StreamExecutionEnvironment env) {
    env.registerSlotSharingGroup(gpu.of(GROUP).setExternalResource(resource, amount).build());
    env.registerSlotSharingGroup(plain.of(PLAIN_GROUP).build());
  }

  /** Subtasks with a GPU, when that is not the job's parallelism. */
  public OptionalInt ownParallelism() {
    return parallelism > 0 ? OptionalInt.of(parallelism) : OptionalInt.empty();
  }
}

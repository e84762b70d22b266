package io.relook.job.accelerator;

import java.io.Serializable;
import java.util.OptionalInt;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Slots of two kinds: slots with GPUs for extraction and training, and plain slots for everything
 * else. Flink needs the resources of every slot sharing group, or of none.
 *
 * @param resource name of Flink's external resource
 * @param amount devices of it in one slot; below 1, slots share a device
 * @param parallelism subtasks with a GPU; 0 for the job's parallelism
 * @param gpu resources of a slot with a GPU
 * @param plain resources of a slot without
 */
public record GpuSlots(String resource, double amount, int parallelism, Slot gpu, Slot plain) {

  /** Name of the group whose slots have GPUs. */
  public static final String GROUP = "gpu";

  /** Flink's own name of the group of operators that name no group. */
  public static final String PLAIN_GROUP = "default";

  /**
   * Resources of a slot.
   *
   * @param cpuCores processor cores; they limit how many slots a task manager offers
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

  /** Registers both groups with the environment. */
  public void register(StreamExecutionEnvironment env) {
    env.registerSlotSharingGroup(gpu.of(GROUP).setExternalResource(resource, amount).build());
    env.registerSlotSharingGroup(plain.of(PLAIN_GROUP).build());
  }

  /** Number of subtasks with a GPU; empty for the job's parallelism. */
  public OptionalInt ownParallelism() {
    return parallelism > 0 ? OptionalInt.of(parallelism) : OptionalInt.empty();
  }
}

package io.relook.job.accelerator;

import io.relook.job.options.OptionReader;
import io.relook.learning.onnx.ProviderChoice;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of what extraction and training compute on. */
public final class AcceleratorOptions {

  public static final ConfigOption<ProviderChoice> ONNX_EXECUTION_PROVIDER =
      ConfigOptions.key("onnx.execution-provider")
          .enumType(ProviderChoice.class)
          .defaultValue(ProviderChoice.CPU)
          .withDescription(
              "What extraction and training compute on: cpu; cuda, which fails without a usable"
                  + " GPU; auto, a GPU if there is a usable one, else the processor with a"
                  + " warning in the log. cuda and auto need the artifact onnxruntime_gpu.");

  public static final ConfigOption<Integer> ONNX_CUDA_DEVICE =
      ConfigOptions.key("onnx.cuda-device")
          .intType()
          .defaultValue(0)
          .withDescription(
              "Index of the CUDA device on every task manager. With gpu.external-resource, Flink"
                  + " assigns the device.");

  public static final ConfigOption<String> GPU_EXTERNAL_RESOURCE =
      ConfigOptions.key("gpu.external-resource")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Name of Flink's external resource, such as gpu, that the slots of extraction and"
                  + " training must have. Default: none; they run in any slot.");

  public static final ConfigOption<Double> GPU_AMOUNT =
      ConfigOptions.key("gpu.amount")
          .doubleType()
          .defaultValue(1.0)
          .withDescription("Devices in one slot with a GPU; below 1, slots share a device.");

  public static final ConfigOption<Integer> GPU_PARALLELISM =
      ConfigOptions.key("gpu.parallelism")
          .intType()
          .noDefaultValue()
          .withDescription(
              "Number of slots with a GPU: at most the cluster's devices divided by gpu.amount."
                  + " Default: the job's parallelism.");

  public static final ConfigOption<Double> GPU_SLOT_CPU_CORES =
      ConfigOptions.key("gpu.slot.cpu-cores")
          .doubleType()
          .defaultValue(1.0)
          .withDescription("Processor cores of a slot with a GPU.");

  public static final ConfigOption<MemorySize> GPU_SLOT_HEAP =
      ConfigOptions.key("gpu.slot.heap")
          .memoryType()
          .defaultValue(MemorySize.parse("512mb"))
          .withDescription("Java heap of a slot with a GPU.");

  public static final ConfigOption<MemorySize> GPU_SLOT_OFF_HEAP =
      ConfigOptions.key("gpu.slot.off-heap")
          .memoryType()
          .defaultValue(MemorySize.parse("640mb"))
          .withDescription("Memory outside the heap, for ONNX Runtime, of a slot with a GPU.");

  public static final ConfigOption<Double> PLAIN_SLOT_CPU_CORES =
      ConfigOptions.key("gpu.plain-slot.cpu-cores")
          .doubleType()
          .defaultValue(0.5)
          .withDescription(
              "Processor cores of a slot without a GPU. Once some slots ask for a GPU, Flink"
                  + " needs the resources of all slots.");

  public static final ConfigOption<MemorySize> PLAIN_SLOT_HEAP =
      ConfigOptions.key("gpu.plain-slot.heap")
          .memoryType()
          .defaultValue(MemorySize.parse("384mb"))
          .withDescription("Java heap of a slot without a GPU.");

  public static final ConfigOption<MemorySize> PLAIN_SLOT_OFF_HEAP =
      ConfigOptions.key("gpu.plain-slot.off-heap")
          .memoryType()
          .defaultValue(MemorySize.parse("64mb"))
          .withDescription("Memory outside the heap of a slot without a GPU.");

  public static final ConfigOption<MemorySize> PLAIN_SLOT_MANAGED =
      ConfigOptions.key("gpu.plain-slot.managed")
          .memoryType()
          .defaultValue(MemorySize.parse("64mb"))
          .withDescription(
              "Memory of RocksDB in a slot without a GPU; these slots hold the state.");

  private AcceleratorOptions() {}

  /** Reads what tasks compute on. */
  public static AcceleratorSettings read(OptionReader options) {
    return new AcceleratorSettings(
        options.get(ONNX_EXECUTION_PROVIDER),
        options.atLeast(ONNX_CUDA_DEVICE, 0),
        options.find(GPU_EXTERNAL_RESOURCE).orElse(null));
  }

  /** Reads the slots that the job asks for; empty without an external resource. */
  public static Optional<GpuSlots> readSlots(OptionReader options) {
    int parallelism =
        options.find(GPU_PARALLELISM).isPresent() ? options.atLeast(GPU_PARALLELISM, 1) : 0;
    double amount = positive(options, GPU_AMOUNT);
    GpuSlots.Slot gpu =
        new GpuSlots.Slot(
            positive(options, GPU_SLOT_CPU_CORES),
            options.get(GPU_SLOT_HEAP),
            options.get(GPU_SLOT_OFF_HEAP),
            MemorySize.ZERO);
    GpuSlots.Slot plain =
        new GpuSlots.Slot(
            positive(options, PLAIN_SLOT_CPU_CORES),
            options.get(PLAIN_SLOT_HEAP),
            options.get(PLAIN_SLOT_OFF_HEAP),
            options.get(PLAIN_SLOT_MANAGED));
    Optional<String> resource = options.find(GPU_EXTERNAL_RESOURCE);
    resource.ifPresent(
        name ->
            options.require(
                name.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,63}"),
                "gpu.external-resource is '"
                    + name
                    + "': it must be the name of an external resource in Flink's configuration,"
                    + " such as gpu: 1 to 64 letters, digits, '_' or '-'."));
    return resource.map(name -> new GpuSlots(name, amount, parallelism, gpu, plain));
  }

  private static double positive(OptionReader options, ConfigOption<Double> option) {
    double value = options.get(option);
    options.require(value > 0, "%s is %s: it must be above 0.".formatted(option.key(), value));
    return value;
  }
}

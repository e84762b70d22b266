package io.relook.learning.onnx;

/** What ONNX Runtime computes on. */
public sealed interface ExecutionProvider {

  /** The processor; every build of ONNX Runtime supports it. */
  ExecutionProvider CPU = new Cpu();

  /** The public name, in provenance and metrics. Models of different providers may differ. */
  String id();

  /** The processor. */
  record Cpu() implements ExecutionProvider {
    @Override
    public String id() {
      return "cpu";
    }
  }

  /**
   * An NVIDIA GPU.
   *
   * @param device its index, as CUDA counts the devices this process may see
   */
  record Cuda(int device) implements ExecutionProvider {

    public Cuda {
      if (device < 0) {
        throw new IllegalArgumentException(
            "The CUDA device is %d; it must be 0 or above.".formatted(device));
      }
    }

    @Override
    public String id() {
      return "cuda";
    }
  }
}

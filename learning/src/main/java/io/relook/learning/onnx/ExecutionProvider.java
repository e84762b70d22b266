package io.relook.learning.onnx;

/** What ONNX Runtime computes on. */
public sealed interface ExecutionProvider {

  /** Every jar has it. */
  ExecutionProvider CPU = new Cpu();

  /** Name in provenance and metrics: part of the inputs that decide a model's bytes. */
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
        throw new IllegalArgumentException("A CUDA device is 0 or above, not " + device + ".");
      }
    }

    @Override
    public String id() {
      return "cuda";
    }
  }
}

package io.relook.learning.onnx;

/** What ONNX Runtime shall compute on, as configured. */
public enum ProviderChoice {
  CPU,
  /** A GPU; it is an error if none can be used. */
  CUDA,
  /** A GPU if one can be used, else the processor. */
  AUTO
}

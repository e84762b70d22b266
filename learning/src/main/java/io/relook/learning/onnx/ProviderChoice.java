package io.relook.learning.onnx;

/** What somebody asks ONNX Runtime to compute on. */
public enum ProviderChoice {
  CPU,
  /** A GPU or nothing: without one it is an error. */
  CUDA,
  /** A GPU if one can be used, else the processor. */
  AUTO
}

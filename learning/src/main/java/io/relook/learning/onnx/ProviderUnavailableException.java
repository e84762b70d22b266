package io.relook.learning.onnx;

/** CUDA was asked for and cannot be used here; the message says what to do. */
public final class ProviderUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ProviderUnavailableException(String message) {
    super(message);
  }
}

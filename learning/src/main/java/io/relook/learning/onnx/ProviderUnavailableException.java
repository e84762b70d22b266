package io.relook.learning.onnx;

/** CUDA is configured and cannot be used here; the message names the fix. */
public final class ProviderUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ProviderUnavailableException(String message) {
    super(message);
  }
}

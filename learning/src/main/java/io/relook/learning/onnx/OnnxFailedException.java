package io.relook.learning.onnx;

/**
 * ONNX Runtime rejected a graph or values. The cause is the machine or the model file, not a
 * picture.
 */
public final class OnnxFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public OnnxFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}

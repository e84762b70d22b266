package io.relook.learning.onnx;

/**
 * ONNX Runtime refused a graph or values; the machine or the model file is at fault, not a picture.
 */
public final class OnnxFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public OnnxFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}

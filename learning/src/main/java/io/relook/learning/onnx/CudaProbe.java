package io.relook.learning.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.relook.learning.onnx.OnnxGraph.Type;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Multiplies two numbers on a GPU, to find out whether it can be used. */
final class CudaProbe {

  private CudaProbe() {}

  /** Why the GPU cannot be used, with the fix; empty if it can. */
  static Optional<String> obstacle(ExecutionProvider.Cuda cuda) {
    OrtEnvironment environment = OnnxEnvironment.get();
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      return Optional.of(
          ("The onnxruntime jar on the class path (%s) has no CUDA provider: use the artifact"
                  + " onnxruntime_gpu of the same version (Maven profile gpu).")
              .formatted(environment.getVersion()));
    }
    OnnxGraph graph = new OnnxGraph("probe", 18);
    String number = graph.input("x", Type.FLOAT, "1", "1");
    graph.output("y", graph.node("MatMul", number, number), Type.FLOAT, "1", "1");
    try (OnnxSession session = new OnnxSession(graph.toBytes(Map.of()), 1, cuda);
        OnnxTensor three = session.floats(new float[] {3}, 1, 1)) {
      float nine =
          session.run(
              Map.of("x", three),
              Set.of("y"),
              outputs -> {
                OnnxTensor square = outputs.get("y");
                return square == null ? Float.NaN : square.getFloatBuffer().get(0);
              });
      return nine == 9
          ? Optional.empty()
          : Optional.of(
              "CUDA device %d computes 3 x 3 = %s, so it is not used; check the device."
                  .formatted(cuda.device(), nine));
    } catch (OnnxFailedException | LinkageError e) {
      return Optional.of(
          ("CUDA device %d cannot be used (%s): check with nvidia-smi that it exists, and that the"
                  + " driver, CUDA and cuDNN have the versions that this ONNX Runtime needs.")
              .formatted(cuda.device(), firstLine(e)));
    }
  }

  private static String firstLine(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}

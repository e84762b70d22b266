package io.relook.job.stack;

import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.onnx.OnnxGraph.Type;
import io.relook.schemas.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A backbone of other strides, channels and taps than the bundled one, small enough to be made in a
 * test: four convolutions with drawn weights.
 */
public final class SmallBackbone {
  private static final int OPSET = 21;

  private SmallBackbone() {}

  /** Writes the ONNX file and its descriptor; answers the descriptor's path. */
  public static Path write(Path folder) {
    byte[] onnx = onnx(1);
    try {
      Files.write(folder.resolve("small.onnx"), onnx);
      return Files.writeString(folder.resolve("small.json"), descriptor(onnx));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The descriptor of such a file. */
  public static String descriptor(byte[] onnx) {
    return """
    {"name": "small", "file": "small.onnx", "sha256": "%s", "licence": "Apache-2.0",
     "input": "pixels", "mean": [128, 128, 128], "scale": [64, 64, 64],
     "taps": [{"name": "fine", "channels": 12, "stride": 8},
              {"name": "coarse", "channels": 20, "stride": 16}]}
    """
        .formatted(Sha256.hex(onnx));
  }

  /**
   * The ONNX file.
   *
   * @param gain factor of the last layer's weights
   */
  public static byte[] onnx(float gain) {
    SplittableRandom random = new SplittableRandom(5);
    OnnxGraph graph = new OnnxGraph("small", OPSET);
    String pixels = graph.input("pixels", Type.FLOAT, "1", "3", "H", "W");
    String stem = layer(graph, random, pixels, 3, 8, 4, 4, 0, 1);
    String fine = layer(graph, random, stem, 8, 12, 3, 2, 1, 1);
    String wider = layer(graph, random, fine, 12, 16, 3, 1, 1, 1);
    String coarse = layer(graph, random, wider, 16, 20, 3, 2, 1, gain);
    graph.output("fine", fine, Type.FLOAT, "1", "12", "h", "w");
    graph.output("coarse", coarse, Type.FLOAT, "1", "20", "h2", "w2");
    return graph.toBytes(Map.of());
  }

  private static String layer(
      OnnxGraph graph,
      SplittableRandom random,
      String input,
      int from,
      int to,
      int kernel,
      int stride,
      int pad,
      float gain) {
    float[] weights = new float[from * to * kernel * kernel];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (gain * (random.nextDouble() - 0.5) * 2 / Math.sqrt(from * kernel));
    }
    String convolved =
        graph.node(
            "Conv",
            Map.of(
                "kernel_shape", new long[] {kernel, kernel},
                "strides", new long[] {stride, stride},
                "pads", new long[] {pad, pad, pad, pad}),
            input,
            graph.floats("weights", weights, to, from, kernel, kernel));
    return graph.node("Relu", convolved);
  }
}

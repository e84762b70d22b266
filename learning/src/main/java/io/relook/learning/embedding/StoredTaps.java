package io.relook.learning.embedding;

import ai.onnxruntime.OnnxTensor;
import io.relook.learning.backbone.Tap;
import io.relook.learning.features.FeatureGrid;
import io.relook.learning.features.Features;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.onnx.OnnxGraph.Type;
import io.relook.learning.onnx.OnnxSession;
import java.util.LinkedHashMap;
import java.util.Map;

/** Stored features as inputs of a graph, which casts their half precision to float. */
public final class StoredTaps implements AutoCloseable {

  private final Map<String, OnnxTensor> tensors;

  private StoredTaps(Map<String, OnnxTensor> tensors) {
    this.tensors = tensors;
  }

  /** Declares the inputs and returns the taps' names → float values. */
  public static Map<String, String> addTo(OnnxGraph graph, Tap... taps) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Tap tap : taps) {
      String half =
          graph.input(
              tap.name(),
              Type.FLOAT16,
              "1",
              Integer.toString(tap.channels()),
              tap.name() + "_h",
              tap.name() + "_w");
      values.put(tap.name(), graph.cast(half, Type.FLOAT));
    }
    return values;
  }

  /** One picture's features as input tensors; the caller closes them. */
  public static StoredTaps of(OnnxSession session, Features features, Tap... taps) {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    for (Tap tap : taps) {
      FeatureGrid grid = features.tap(tap.name());
      tensors.put(tap.name(), session.halves(grid.halves(), grid.shape()));
    }
    return new StoredTaps(tensors);
  }

  public Map<String, OnnxTensor> tensors() {
    return tensors;
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
  }
}

package io.relook.learning.heads;

import io.relook.learning.onnx.OnnxGraph;
import java.util.Map;

/** A head after its fit: nodes of an ONNX graph. Immutable. */
public interface FittedHead {

  String name();

  /**
   * Adds this head's nodes.
   *
   * @param taps names of the backbone's taps → values, float [1, channels, height, width]
   */
  RawOutputs addTo(OnnxGraph graph, Map<String, String> taps);

  /**
   * Values a head adds to a graph, on a scale of its own: at least 0, higher is more anomalous.
   *
   * @param score float [1], of the whole picture
   * @param map float [1, 1, height, width], of each cell of the head's grid
   */
  record RawOutputs(String score, String map) {}
}

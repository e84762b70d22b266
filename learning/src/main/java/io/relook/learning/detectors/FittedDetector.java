package io.relook.learning.detectors;

import io.relook.learning.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A head after its fit: nodes of an ONNX graph. Immutable. */
public interface FittedDetector {

  String name();

  /** Names of its statistics, in their order. */
  List<String> statistics();

  /** Rows of patches that it keeps and no other head does; 0 without a memory bank. */
  default int bankRows() {
    return 0;
  }

  /**
   * Adds this head's nodes.
   *
   * @param taps names of the backbone's taps → values, float [1, channels, height, width]
   */
  Outputs addTo(OnnxGraph graph, Map<String, String> taps);

  /**
   * Values a head adds to a graph, on scales of their own: higher is more anomalous.
   *
   * @param statistics float [1] each, of the whole picture
   * @param map float [1, 1, height, width], of each cell of the head's grid, where it has one
   */
  record Outputs(List<String> statistics, Optional<String> map) {}
}

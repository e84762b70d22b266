package io.relook.learning.detectors;

import io.relook.learning.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A fitted detector: nodes of an ONNX graph. Immutable. */
public interface FittedDetector {

  /** The name of its {@link Detector}. */
  String name();

  /** Names of its statistics, in the order of {@link Outputs#statistics}. */
  List<String> statistics();

  /** Rows of the memory bank that only this detector has; 0 without one. */
  default int bankRows() {
    return 0;
  }

  /**
   * Adds this detector's nodes.
   *
   * @param taps names of the backbone's taps → values, float [1, channels, height, width]
   */
  Outputs addTo(OnnxGraph graph, Map<String, String> taps);

  /**
   * Names of the values that a detector adds to a graph. Each has its own scale; higher is more
   * anomalous.
   *
   * @param statistics of the whole picture, float [1] each
   * @param map of each cell of the detector's grid, float [1, 1, height, width]; empty where the
   *     detector only sees the picture as a whole
   */
  record Outputs(List<String> statistics, Optional<String> map) {}
}

package io.relook.learning.decision;

import io.relook.learning.detectors.FittedDetector;
import io.relook.learning.onnx.OnnxGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everything between features and score.
 *
 * @param detectors those in the file, in the order of the stack's columns
 * @param stack combines all their statistics
 * @param calibration of the stack's score
 * @param mapDetector index of the detector whose map is the model's
 * @param mapCalibration of that map's values
 */
public record Ensemble(
    List<FittedDetector> detectors,
    Stack stack,
    Calibration calibration,
    int mapDetector,
    Calibration mapCalibration) {

  /**
   * Names of the values in a graph.
   *
   * @param score float [1], calibrated
   * @param map float [1, 1, height, width] in cells of the detector's grid, calibrated
   */
  public record Outputs(String score, String map) {}

  public List<String> names() {
    return detectors.stream().map(FittedDetector::name).toList();
  }

  /**
   * Adds the nodes of all detectors, the stack and both calibrations.
   *
   * @param taps the backbone's taps → values, float
   */
  public Outputs addTo(OnnxGraph graph, Map<String, String> taps) {
    List<String> statistics = new ArrayList<>();
    String map = "";
    for (int d = 0; d < detectors.size(); d++) {
      FittedDetector.Outputs outputs = detectors.get(d).addTo(graph, taps);
      statistics.addAll(outputs.statistics());
      if (d == mapDetector) {
        map = outputs.map().orElseThrow();
      }
    }
    String raw = stack.addTo(graph, statistics);
    return new Outputs(calibration.addTo(graph, raw), mapCalibration.addTo(graph, map));
  }
}

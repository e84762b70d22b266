package io.relook.learning.decision;

import io.relook.learning.detectors.FittedDetector;
import io.relook.learning.onnx.OnnxGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everything between features and score.
 *
 * @param heads those in the file, in the order of the stack's columns
 * @param stack of all their statistics
 * @param calibration of the stack's score
 * @param mapHead index of the head whose map is the model's
 * @param mapCalibration of its values
 */
public record Ensemble(
    List<FittedDetector> heads,
    Stack stack,
    Calibration calibration,
    int mapHead,
    Calibration mapCalibration) {

  public record Outputs(String score, String map) {}

  public List<String> names() {
    return heads.stream().map(FittedDetector::name).toList();
  }

  public Outputs addTo(OnnxGraph graph, Map<String, String> taps) {
    List<String> statistics = new ArrayList<>();
    String map = "";
    for (int h = 0; h < heads.size(); h++) {
      FittedDetector.Outputs outputs = heads.get(h).addTo(graph, taps);
      statistics.addAll(outputs.statistics());
      if (h == mapHead) {
        map = outputs.map().orElseThrow();
      }
    }
    String raw = stack.addTo(graph, statistics);
    return new Outputs(calibration.addTo(graph, raw), mapCalibration.addTo(graph, map));
  }
}

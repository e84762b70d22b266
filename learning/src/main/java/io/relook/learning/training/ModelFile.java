package io.relook.learning.training;

import io.relook.learning.backbone.Backbone;
import io.relook.learning.backbone.InputSize;
import io.relook.learning.decision.Calibration;
import io.relook.learning.decision.Ensemble;
import io.relook.learning.detectors.FittedDetector;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.onnx.OnnxGraph.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Writes the model file: a graph from a decoded RGB picture to score, decision and anomaly map. */
final class ModelFile {

  private ModelFile() {}

  /**
   * The file.
   *
   * @param size to which pictures are resized for the backbone, fixed by the training's pictures
   * @param card metadata, to which this class adds its own
   */
  static byte[] write(
      Backbone backbone, InputSize size, Ensemble ensemble, Map<String, String> card) {
    OnnxGraph graph = new OnnxGraph("relook", backbone.opset());
    String image = graph.input("image", Type.UINT8, "1", "H", "W", "3");
    String threshold = graph.overridable("threshold", Calibration.CALIBRATED_THRESHOLD);
    Map<String, String> taps = new LinkedHashMap<>();
    backbone
        .addTo(graph, image, graph.integers("input_size", size.height(), size.width()))
        .forEach((name, half) -> taps.put(name, graph.cast(half, Type.FLOAT)));
    Ensemble.Outputs outputs = ensemble.addTo(graph, taps);

    String score = outputs.score();
    String anomalous = graph.node("GreaterOrEqual", score, threshold);
    String confidence =
        graph.node(
            "Where", anomalous, score, graph.node("Sub", graph.scalar("certain", 1f), score));
    String pictureSize = graph.node("Shape", Map.of("start", 1L, "end", 3L), image);
    String map =
        graph.node(
            "Resize",
            Map.of(
                "mode", "linear",
                "coordinate_transformation_mode", "half_pixel",
                "axes", new long[] {2, 3}),
            outputs.map(),
            "",
            "",
            pictureSize);
    graph.output("score", score, Type.FLOAT, "1");
    graph.output("confidence", confidence, Type.FLOAT, "1");
    graph.output("is_anomalous", anomalous, Type.BOOL, "1");
    graph.output(
        "anomaly_map",
        graph.node("Squeeze", map, graph.integers("channel", 1)),
        Type.FLOAT,
        "1",
        "H",
        "W");
    // One value is input, default and output: a caller who overrides it reads back what was used.
    graph.output(threshold, Type.FLOAT, "1");

    Map<String, String> metadata = new TreeMap<>(card);
    metadata.put("relook.backbone.name", backbone.descriptor().name());
    metadata.put("relook.backbone.digest", backbone.digest());
    metadata.put("relook.backbone.licence", backbone.descriptor().licence());
    metadata.put("relook.heads", String.join(",", ensemble.names()));
    metadata.put(
        "relook.bank.rows",
        Integer.toString(ensemble.detectors().stream().mapToInt(FittedDetector::bankRows).sum()));
    metadata.put("relook.input.width", Integer.toString(size.width()));
    metadata.put("relook.input.height", Integer.toString(size.height()));
    metadata.put("relook.threshold", Float.toString(Calibration.CALIBRATED_THRESHOLD));
    metadata.put("relook.threshold.raw", Float.toString(ensemble.calibration().threshold()));
    metadata.put("relook.onnx.opset", Integer.toString(backbone.opset()));
    metadata.put("relook.onnx.ir", Integer.toString(OnnxGraph.IR_VERSION));
    return graph.toBytes(metadata);
  }
}

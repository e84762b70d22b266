package io.relook.learning.heads;

import io.relook.learning.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;

/**
 * Statistics of one value per patch: mean of the worst hundredth, maximum, mean of the worst
 * twentieth, and spread (standard deviation), each float [1]. The mean of few worst is steadier
 * than the maximum where texture varies; defects of a few patches need the maximum.
 */
final class PatchStatistics {

  static final List<String> NAMES = List.of("worst1", "max", "worst5", "spread");

  private PatchStatistics() {}

  static List<String> addTo(OnnxGraph graph, String cells) {
    String count = graph.node("Shape", cells);
    String one = graph.integers("one", 1);
    String hundredth =
        graph.node("Max", graph.node("Div", count, graph.integers("hundred", 100)), one);
    String twentieth =
        graph.node("Max", graph.node("Div", count, graph.integers("twenty", 20)), one);
    String worst = graph.nodes("TopK", Map.of("axis", 0L), 2, cells, twentieth).get(0);
    String from = graph.integers("from", 0);
    String mean = mean(graph, cells);
    String centred = graph.node("Sub", cells, mean);
    return List.of(
        mean(graph, graph.node("Slice", worst, from, hundredth)),
        graph.node("Slice", worst, from, one),
        mean(graph, worst),
        graph.node("Sqrt", mean(graph, graph.node("Mul", centred, centred))));
  }

  private static String mean(OnnxGraph graph, String values) {
    return graph.node("ReduceMean", Map.of("keepdims", 1L), values);
  }
}

package io.relook.learning.detectors;

import io.relook.learning.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;

/**
 * Statistics of one value per patch: mean of the worst hundredth, maximum, mean of the worst
 * twentieth, and spread (how far the worst hundredth lies above the mean of all), each float [1].
 * The mean of few worst is steadier than the maximum where texture varies; defects of a few patches
 * need the maximum. The standard deviation is no such statistic: that of plain ground depends on
 * which of its patches are in the bank, so folds and the shipped model disagree (by a third).
 */
final class PatchAggregation {

  static final List<String> NAMES = List.of("worst1", "max", "worst5", "spread");

  private PatchAggregation() {}

  static List<String> addTo(OnnxGraph graph, String cells) {
    String count = graph.node("Shape", cells);
    String one = graph.integers("one", 1);
    String hundredth =
        graph.node("Max", graph.node("Div", count, graph.integers("hundred", 100)), one);
    String twentieth =
        graph.node("Max", graph.node("Div", count, graph.integers("twenty", 20)), one);
    String worst = graph.nodes("TopK", Map.of("axis", 0L), 2, cells, twentieth).get(0);
    String from = graph.integers("from", 0);
    String worstHundredth = mean(graph, graph.node("Slice", worst, from, hundredth));
    return List.of(
        worstHundredth,
        graph.node("Slice", worst, from, one),
        mean(graph, worst),
        graph.node("Sub", worstHundredth, mean(graph, cells)));
  }

  private static String mean(OnnxGraph graph, String values) {
    return graph.node("ReduceMean", Map.of("keepdims", 1L), values);
  }
}

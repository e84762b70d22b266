package io.relook.learning.detectors;

import io.relook.learning.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;

/**
 * Aggregates one value per patch into statistics of the picture, float [1] each: the mean of the
 * highest hundredth, the maximum, the mean of the highest twentieth, and the spread, which is the
 * first minus the mean of all.
 *
 * <p>The mean of the highest few is steadier than the maximum where texture varies; a defect of a
 * few patches needs the maximum. The standard deviation is not used. On plain ground it depends on
 * which patches are in the bank, so that of out-of-fold detectors and that of the shipped one
 * differed by a third.
 */
final class PatchAggregation {

  /** Mean of the highest 1 %, maximum, mean of the highest 5 %, spread. */
  static final List<String> NAMES = List.of("top1", "max", "top5", "spread");

  private PatchAggregation() {}

  /**
   * Adds nodes; the values are in the order of {@link #NAMES}.
   *
   * @param cells float [cells]
   */
  static List<String> addTo(OnnxGraph graph, String cells) {
    String count = graph.node("Shape", cells);
    String one = graph.integers("one", 1);
    String hundredth =
        graph.node("Max", graph.node("Div", count, graph.integers("hundred", 100)), one);
    String twentieth =
        graph.node("Max", graph.node("Div", count, graph.integers("twenty", 20)), one);
    String highest = graph.nodes("TopK", Map.of("axis", 0L), 2, cells, twentieth).get(0);
    String from = graph.integers("from", 0);
    String highestHundredth = mean(graph, graph.node("Slice", highest, from, hundredth));
    return List.of(
        highestHundredth,
        graph.node("Slice", highest, from, one),
        mean(graph, highest),
        graph.node("Sub", highestHundredth, mean(graph, cells)));
  }

  private static String mean(OnnxGraph graph, String values) {
    return graph.node("ReduceMean", Map.of("keepdims", 1L), values);
  }
}

package io.relook.learning.heads;

import io.relook.learning.backbone.Tap;
import io.relook.learning.onnx.OnnxGraph;
import java.util.Map;
import java.util.Objects;

/**
 * Patch vectors as PatchCore makes them (Roth et al., CVPR 2022, §3.1): each tap averaged over 3 ×
 * 3 neighbours, the coarser one brought to the finer one's grid, both side by side.
 *
 * @param fine the tap whose grid the patches have
 * @param coarse the tap that adds context
 */
record Patches(Tap fine, Tap coarse) {

  int length() {
    return fine.channels() + coarse.channels();
  }

  /** Adds nodes; the value is float [cells, length]. */
  String addTo(OnnxGraph graph, Map<String, String> taps) {
    String fineMap = smooth(graph, Objects.requireNonNull(taps.get(fine.name())));
    if (fine.equals(coarse)) {
      return rows(graph, fineMap, fine.channels());
    }
    String coarseMap = smooth(graph, Objects.requireNonNull(taps.get(coarse.name())));
    String upsampled =
        graph.node(
            "Resize",
            Map.of(
                "mode", "linear",
                "coordinate_transformation_mode", "half_pixel",
                "axes", new long[] {2, 3}),
            coarseMap,
            "",
            "",
            gridSize(graph, fineMap));
    return rows(graph, graph.node("Concat", Map.of("axis", 1L), fineMap, upsampled), length());
  }

  /** Height and width of a [1, c, h, w] value, int64 [2]. */
  static String gridSize(OnnxGraph graph, String map) {
    return graph.node("Shape", Map.of("start", 2L, "end", 4L), map);
  }

  private static String smooth(OnnxGraph graph, String map) {
    return graph.node(
        "AveragePool",
        Map.of(
            "kernel_shape", new long[] {3, 3},
            "strides", new long[] {1, 1},
            "pads", new long[] {1, 1, 1, 1},
            "count_include_pad", 0L),
        map);
  }

  private static String rows(OnnxGraph graph, String map, int channels) {
    String last = graph.node("Transpose", Map.of("perm", new long[] {0, 2, 3, 1}), map);
    return graph.node("Reshape", last, graph.integers("rows", -1, channels));
  }
}

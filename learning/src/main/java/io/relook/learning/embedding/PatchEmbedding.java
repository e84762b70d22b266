package io.relook.learning.embedding;

import io.relook.learning.backbone.Tap;
import io.relook.learning.onnx.OnnxGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Patch vectors as PatchCore makes them (Roth et al., CVPR 2022, §3.1). Each tap is averaged over a
 * neighbourhood: 3 × 3 cells, or, for a tap finer than the grid, the cells under a grid cell and
 * one more on each side. All taps are then resized to one grid and concatenated.
 *
 * @param grid the tap whose grid the patches have
 * @param taps those concatenated, each once
 */
public record PatchEmbedding(Tap grid, List<Tap> taps) {

  public PatchEmbedding {
    taps = List.copyOf(taps);
  }

  /** Patches of the taps whose strides are nearest to the given ones. */
  public static PatchEmbedding of(List<Tap> taps, int gridStride, int... strides) {
    List<Tap> chosen = new ArrayList<>();
    for (int stride : strides) {
      Tap tap = nearest(taps, stride);
      if (!chosen.contains(tap)) {
        chosen.add(tap);
      }
    }
    return new PatchEmbedding(nearest(chosen, gridStride), chosen);
  }

  private static Tap nearest(List<Tap> taps, int stride) {
    Tap best = taps.get(0);
    for (Tap tap : taps) {
      if (Math.abs(tap.stride() - stride) < Math.abs(best.stride() - stride)) {
        best = tap;
      }
    }
    return best;
  }

  int length() {
    return taps.stream().mapToInt(Tap::channels).sum();
  }

  /** Adds nodes, once per graph; the value is float [cells, length]. */
  public String addTo(OnnxGraph graph, Map<String, String> values) {
    return graph.shared(
        this,
        () -> {
          List<String> maps = new ArrayList<>();
          for (Tap tap : taps) {
            maps.add(onGrid(graph, values, tap));
          }
          String joined =
              maps.size() == 1
                  ? maps.get(0)
                  : graph.node("Concat", Map.of("axis", 1L), maps.toArray(String[]::new));
          String last = graph.node("Transpose", Map.of("perm", new long[] {0, 2, 3, 1}), joined);
          return graph.node("Reshape", last, graph.integers("rows", -1, length()));
        });
  }

  /** Adds nodes that reshape one value per cell, float [cells], to [1, 1, height, width]. */
  public String map(OnnxGraph graph, Map<String, String> values, String cells) {
    String size = gridSize(graph, values);
    String shape = graph.node("Concat", Map.of("axis", 0L), graph.integers("one_one", 1, 1), size);
    return graph.node("Reshape", cells, shape);
  }

  private String gridSize(OnnxGraph graph, Map<String, String> values) {
    String map = Objects.requireNonNull(values.get(grid.name()));
    return graph.node("Shape", Map.of("start", 2L, "end", 4L), map);
  }

  private String onGrid(OnnxGraph graph, Map<String, String> values, Tap tap) {
    String map = Objects.requireNonNull(values.get(tap.name()));
    int ratio = Math.max(1, grid.stride() / tap.stride());
    String smooth =
        graph.shared(
            List.of("smooth", tap, ratio),
            () ->
                graph.node(
                    "AveragePool",
                    Map.of(
                        "kernel_shape", new long[] {ratio + 2, ratio + 2},
                        "strides", new long[] {ratio, ratio},
                        "pads", new long[] {1, 1, 1, 1},
                        "count_include_pad", 0L),
                    map));
    if (tap.stride() * ratio == grid.stride()) {
      return smooth;
    }
    return graph.node(
        "Resize",
        Map.of(
            "mode", "linear",
            "coordinate_transformation_mode", "half_pixel",
            "axes", new long[] {2, 3}),
        smooth,
        "",
        "",
        gridSize(graph, values));
  }
}

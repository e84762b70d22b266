package io.relook.learning.embedding;

import io.relook.learning.backbone.Tap;
import io.relook.learning.onnx.OnnxGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The pooled vector of a picture: the means of all taps over their cells, concatenated. */
public final class PooledEmbedding {

  private PooledEmbedding() {}

  /** Adds nodes, once per graph; the value is float [1, channels of all taps]. */
  public static String addTo(OnnxGraph graph, Map<String, String> values, List<Tap> taps) {
    return graph.shared(
        List.of("pooled", taps),
        () -> {
          List<String> means = new ArrayList<>();
          for (Tap tap : taps) {
            means.add(
                graph.node(
                    "ReduceMean",
                    Map.of("keepdims", 0L),
                    Objects.requireNonNull(values.get(tap.name())),
                    graph.integers("cells", 2, 3)));
          }
          return graph.node("Concat", Map.of("axis", 1L), means.toArray(String[]::new));
        });
  }
}

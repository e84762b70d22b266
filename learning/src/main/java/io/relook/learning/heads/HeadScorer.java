package io.relook.learning.heads;

import ai.onnxruntime.OnnxTensor;
import io.relook.learning.backbone.Tap;
import io.relook.learning.features.Features;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.onnx.OnnxSession;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Scores stored features with the very nodes that go into the exported file. Safe for use by
 * several threads.
 */
public final class HeadScorer implements AutoCloseable {

  private final Tap[] taps;
  private final OnnxSession session;

  /**
   * @param taps the backbone's taps
   * @param score adds what is between a head's raw score and the wanted one, given the graph and
   *     the raw score's name
   */
  public HeadScorer(
      List<Tap> taps, FittedHead head, int opset, BiFunction<OnnxGraph, String, String> score) {
    this.taps = taps.toArray(Tap[]::new);
    OnnxGraph graph = new OnnxGraph("head", opset);
    FittedHead.RawOutputs raw = head.addTo(graph, StoredTaps.addTo(graph, this.taps));
    graph.output("score", score.apply(graph, raw.score()), OnnxGraph.Type.FLOAT, "1");
    this.session = new OnnxSession(graph.toBytes(Map.of()), 1);
  }

  /** A scorer that gives the head's raw scores. */
  public static HeadScorer raw(List<Tap> taps, FittedHead head, int opset) {
    return new HeadScorer(taps, head, opset, (graph, raw) -> raw);
  }

  public double score(Features features) {
    try (StoredTaps inputs = StoredTaps.of(session, features, taps)) {
      return session.run(
          inputs.tensors(),
          Set.of("score"),
          outputs -> {
            OnnxTensor score = Objects.requireNonNull(outputs.get("score"));
            return (double) score.getFloatBuffer().get(0);
          });
    }
  }

  @Override
  public void close() {
    session.close();
  }
}

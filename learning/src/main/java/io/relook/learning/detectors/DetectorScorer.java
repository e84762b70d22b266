package io.relook.learning.detectors;

import io.relook.learning.backbone.Tap;
import io.relook.learning.embedding.StoredTaps;
import io.relook.learning.features.Features;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.onnx.OnnxSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Scores stored features with the same graph nodes that the exported file has. Safe for use by
 * several threads.
 */
public final class DetectorScorer implements AutoCloseable {

  private final Tap[] taps;
  private final OnnxSession session;

  /**
   * @param taps the backbone's taps
   * @param provider what the nodes run on
   * @param values adds the nodes to run, given the graph and the taps' values; returns the name of
   *     their value, float [n]
   */
  public DetectorScorer(
      List<Tap> taps,
      int opset,
      ExecutionProvider provider,
      BiFunction<OnnxGraph, Map<String, String>, String> values) {
    this.taps = taps.toArray(Tap[]::new);
    OnnxGraph graph = new OnnxGraph("detectors", opset);
    String scored = values.apply(graph, StoredTaps.addTo(graph, this.taps));
    graph.output("values", scored, OnnxGraph.Type.FLOAT, "");
    this.session = new OnnxSession(graph.toBytes(Map.of()), 1, provider);
  }

  /** A scorer for all statistics of the detectors, in their order, that runs on the processor. */
  public static DetectorScorer statistics(
      List<Tap> taps, List<FittedDetector> detectors, int opset) {
    return statistics(taps, detectors, opset, ExecutionProvider.CPU);
  }

  /** A scorer for all statistics of the detectors, in their order. */
  public static DetectorScorer statistics(
      List<Tap> taps, List<FittedDetector> detectors, int opset, ExecutionProvider provider) {
    return new DetectorScorer(
        taps,
        opset,
        provider,
        (graph, values) -> {
          List<String> all = new ArrayList<>();
          detectors.forEach(detector -> all.addAll(detector.addTo(graph, values).statistics()));
          return graph.node("Concat", Map.of("axis", 0L), all.toArray(String[]::new));
        });
  }

  /** The values of one picture, [n]. */
  public double[] score(Features features) {
    try (StoredTaps inputs = StoredTaps.of(session, features, taps)) {
      return session.run(
          inputs.tensors(),
          Set.of("values"),
          outputs -> {
            FloatBuffer buffer = Objects.requireNonNull(outputs.get("values")).getFloatBuffer();
            double[] values = new double[buffer.remaining()];
            for (int i = 0; i < values.length; i++) {
              values[i] = buffer.get(i);
            }
            return values;
          });
    }
  }

  @Override
  public void close() {
    session.close();
  }
}

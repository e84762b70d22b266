package io.relook.learning.heads;

import ai.onnxruntime.OnnxTensor;
import io.relook.learning.backbone.Tap;
import io.relook.learning.features.Features;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.onnx.OnnxGraph.Type;
import io.relook.learning.onnx.OnnxSession;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Reads pictures' features into summaries. Safe for use by several threads. */
public final class Summarizer implements AutoCloseable {

  /** Enough for textured parts; 50 lose rare patches. */
  private static final int ROWS_PER_PICTURE = 200;

  private final Tap[] taps;
  private final List<PatchSpace> spaces;
  private final Set<String> outputs = new TreeSet<>();
  private final OnnxSession session;

  Summarizer(List<Tap> taps, List<PatchSpace> spaces) {
    this(taps, spaces, ExecutionProvider.CPU);
  }

  Summarizer(List<Tap> taps, List<PatchSpace> spaces, ExecutionProvider provider) {
    this.taps = taps.toArray(Tap[]::new);
    this.spaces = List.copyOf(spaces);
    OnnxGraph graph = new OnnxGraph("summary", 18);
    Map<String, String> values = StoredTaps.addTo(graph, this.taps);
    for (PatchSpace space : spaces) {
      String rows = space.patches().addTo(graph, values);
      // Centred by the picture's own mean, so that products of single precision keep the variance.
      String mean =
          graph.node("ReduceMean", Map.of("keepdims", 1L), rows, graph.integers("axis", 0));
      String centred = graph.node("Sub", rows, mean);
      String transposed = graph.node("Transpose", Map.of("perm", new long[] {1, 0}), centred);
      output(graph, space.name() + "_rows", rows);
      output(graph, space.name() + "_mean", mean);
      output(graph, space.name() + "_products", graph.node("MatMul", transposed, centred));
    }
    output(graph, "pooled", Pooled.addTo(graph, values, taps));
    // One thread a run: pictures are read side by side.
    this.session = new OnnxSession(graph.toBytes(Map.of()), 1, provider);
  }

  private void output(OnnxGraph graph, String name, String value) {
    graph.output(name, value, Type.FLOAT, "", "");
    outputs.add(name);
  }

  public Summary of(Features features) {
    try (StoredTaps inputs = StoredTaps.of(session, features, taps)) {
      return session.run(
          inputs.tensors(),
          outputs,
          values -> {
            Map<PatchSpace, PatchSample> samples = new LinkedHashMap<>();
            for (PatchSpace space : spaces) {
              float[] rows = floats(values, space.name() + "_rows");
              int count = rows.length / space.length();
              Scatter scatter =
                  new Scatter(
                      count,
                      doubles(floats(values, space.name() + "_mean")),
                      doubles(floats(values, space.name() + "_products")));
              samples.put(
                  space,
                  new PatchSample(rows, count, scatter)
                      .thinned(space, ROWS_PER_PICTURE, count / 2));
            }
            return new Summary(samples, List.of(floats(values, "pooled")));
          });
    }
  }

  private static float[] floats(Map<String, OnnxTensor> values, String name) {
    FloatBuffer buffer = Objects.requireNonNull(values.get(name)).getFloatBuffer();
    float[] floats = new float[buffer.remaining()];
    buffer.get(floats);
    return floats;
  }

  private static double[] doubles(float[] floats) {
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  @Override
  public void close() {
    session.close();
  }
}

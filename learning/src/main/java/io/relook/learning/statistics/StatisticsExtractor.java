package io.relook.learning.statistics;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.platform.Fp16Conversions;
import io.relook.learning.backbone.Tap;
import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.embedding.PooledEmbedding;
import io.relook.learning.embedding.StoredTaps;
import io.relook.learning.features.Features;
import io.relook.learning.linalg.ScatterMatrix;
import io.relook.learning.onnx.ExecutionProvider;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.onnx.OnnxGraph.Type;
import io.relook.learning.onnx.OnnxSession;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reduces the features of pictures to {@link PictureStatistics}. Safe for use by several threads.
 */
public final class StatisticsExtractor implements AutoCloseable {

  private final Tap[] taps;
  private final List<PatchSpace> spaces;
  private final Set<String> outputs = new TreeSet<>();
  private final OnnxSession session;

  /** An extractor that runs on the processor. */
  public StatisticsExtractor(List<Tap> taps, List<PatchSpace> spaces) {
    this(taps, spaces, ExecutionProvider.CPU);
  }

  /**
   * @param spaces in the order of {@link PictureStatistics#parts}
   * @param provider what the graph of means and products runs on
   */
  public StatisticsExtractor(List<Tap> taps, List<PatchSpace> spaces, ExecutionProvider provider) {
    this.taps = taps.toArray(Tap[]::new);
    this.spaces = List.copyOf(spaces);
    OnnxGraph graph = new OnnxGraph("statistics", 18);
    Map<String, String> values = StoredTaps.addTo(graph, this.taps);
    for (PatchSpace space : spaces) {
      String rows = space.patches().addTo(graph, values);
      String mean =
          graph.node("ReduceMean", Map.of("keepdims", 1L), rows, graph.integers("axis", 0));
      output(graph, space.name() + "_rows", rows);
      output(graph, space.name() + "_mean", mean);
      if (space.whitened()) {
        // Centred by the picture's own mean: otherwise single precision loses the variance.
        String centred = graph.node("Sub", rows, mean);
        String transposed = graph.node("Transpose", Map.of("perm", new long[] {1, 0}), centred);
        output(graph, space.name() + "_products", graph.node("MatMul", transposed, centred));
      }
    }
    output(graph, "pooled", PooledEmbedding.addTo(graph, values, taps));
    // One thread per run, because several pictures run at the same time.
    this.session = new OnnxSession(graph.toBytes(Map.of()), 1, provider);
  }

  private void output(OnnxGraph graph, String name, String value) {
    graph.output(name, value, Type.FLOAT, "", "");
    outputs.add(name);
  }

  /** The statistics of a picture with these features. */
  public PictureStatistics of(Features features) {
    try (StoredTaps inputs = StoredTaps.of(session, features, taps)) {
      return session.run(
          inputs.tensors(),
          outputs,
          values -> {
            List<PictureStatistics.Part> parts = new ArrayList<>();
            for (PatchSpace space : spaces) {
              parts.add(part(space, values));
            }
            return new PictureStatistics(
                features.pictureWidth(), features.pictureHeight(), floats(values, "pooled"), parts);
          });
    }
  }

  private static PictureStatistics.Part part(PatchSpace space, Map<String, OnnxTensor> values) {
    int d = space.length();
    float[] rows = floats(values, space.name() + "_rows");
    int cells = rows.length / d;
    float[] mean = floats(values, space.name() + "_mean");
    float[] products = new float[space.whitened() ? ScatterMatrix.packedLength(d) : 0];
    if (space.whitened()) {
      float[] square = floats(values, space.name() + "_products");
      int at = 0;
      for (int i = 0; i < d; i++) {
        System.arraycopy(square, i * d + i, products, at, d - i);
        at += d - i;
      }
    }
    PatchSample thin =
        new PatchSample(rows, new int[cells], ScatterMatrix.of(cells, mean, products))
            .thinned(space, PictureStatistics.MAX_ROWS, cells / 2);
    short[] halves = new short[thin.rows().length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = Fp16Conversions.floatToFp16(thin.rows()[i]);
    }
    return new PictureStatistics.Part(cells, mean, products, halves);
  }

  /** The statistics of the set of this one picture, which has the number 0. */
  public PictureSetStatistics asSet(PictureStatistics picture) {
    return picture.asSet(spaces);
  }

  /**
   * Reads {@link PictureStatistics#toBytes}.
   *
   * @return nothing if the bytes are of another version or backbone, or damaged; the statistics can
   *     then be computed from the picture's features
   */
  public Optional<PictureStatistics> read(byte[] bytes) {
    return PictureStatistics.fromBytes(bytes, spaces, pooledLength());
  }

  /**
   * Reads {@link PictureSetStatistics#writeTo}.
   *
   * @param pictures number of pictures in the set
   */
  public PictureSetStatistics readSet(DataInputStream in, int pictures) throws IOException {
    return PictureSetStatistics.readFrom(in, spaces, pooledLength(), pictures);
  }

  private int pooledLength() {
    return Arrays.stream(taps).mapToInt(Tap::channels).sum();
  }

  private static float[] floats(Map<String, OnnxTensor> values, String name) {
    FloatBuffer buffer = Objects.requireNonNull(values.get(name)).getFloatBuffer();
    float[] floats = new float[buffer.remaining()];
    buffer.get(floats);
    return floats;
  }

  @Override
  public void close() {
    session.close();
  }
}

package io.relook.learning.heads;

import io.relook.learning.backbone.Tap;
import io.relook.learning.features.Features;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.onnx.OnnxSession;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * PatchCore's memory bank: good patches, thinned by greedy k-centre; a patch is as anomalous as it
 * is far from the nearest of them, a picture as the mean of its worst hundredth of patches.
 *
 * <p>Thinning happens twice: inside each picture when it is read, then over what all pictures kept.
 * That costs a tenth of thinning all patches at once and finds better rows, because a random sample
 * of patches misses rare good ones while every picture's own extremes survive. Distances for
 * thinning are taken after a random projection, as in the original; the bank itself keeps whole
 * vectors.
 *
 * <p>Roth et al., "Towards Total Recall in Industrial Anomaly Detection", CVPR 2022.
 */
public final class MemoryBank implements Head<MemoryBank.Candidates> {

  /** More rows cost time at every picture and gain little. */
  private static final int ROWS = 2000;

  /** Enough for textured parts; 50 lose rare patches. */
  private static final int ROWS_PER_PICTURE = 200;

  /** Bounds memory and time of the second thinning, whatever the number of pictures. */
  private static final int CANDIDATES = 100_000;

  private static final int PROJECTED = 64;

  /**
   * The projection belongs to the method, not to a training: contributions of all trainings are
   * alike.
   */
  private static final long PROJECTION_SEED = 20_22;

  private final Patches patches;
  private final int rowsPerPicture;
  private final OnnxSession session;

  /**
   * @param taps the backbone's taps
   * @param pictures how many pictures will contribute at most
   */
  public MemoryBank(List<Tap> taps, int pictures) {
    this.patches = new Patches(nearest(taps, 8), nearest(taps, 16));
    this.rowsPerPicture =
        Math.max(1, Math.min(ROWS_PER_PICTURE, CANDIDATES / Math.max(1, pictures)));
    // One thread a run: pictures are read side by side, and the sums do not depend on how many at
    // once.
    this.session = new OnnxSession(graph(), 1);
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

  private byte[] graph() {
    OnnxGraph graph = new OnnxGraph("patches", 18);
    String rows = patches.addTo(graph, StoredTaps.addTo(graph, patches.fine(), patches.coarse()));
    int length = patches.length();
    SplittableRandom random = new SplittableRandom(PROJECTION_SEED);
    float[] projection = new float[length * PROJECTED];
    for (int i = 0; i < projection.length; i++) {
      // Random signs keep distances as well as Gaussians do (Achlioptas 2003).
      projection[i] = random.nextBoolean() ? 1f : -1f;
    }
    String projected =
        graph.node("MatMul", rows, graph.floats("projection", projection, length, PROJECTED));
    graph.output("rows", rows, OnnxGraph.Type.FLOAT, "", "");
    graph.output("projected", projected, OnnxGraph.Type.FLOAT, "", "");
    return graph.toBytes(Map.of());
  }

  @Override
  public String name() {
    return "memory-bank";
  }

  /**
   * The patches of one picture that may become rows of a bank.
   *
   * @param rows whole vectors, one after the other
   * @param projected the same, projected
   */
  @SuppressWarnings("ArrayRecordComponent") // thousands of values; contributions are not compared
  public record Candidates(float[] rows, float[] projected) {}

  @Override
  public Candidates contribution(Features features) {
    try (StoredTaps inputs = StoredTaps.of(session, features, patches.fine(), patches.coarse())) {
      return session.run(
          inputs.tensors(),
          Set.of("rows", "projected"),
          outputs -> {
            float[] rows = values(Objects.requireNonNull(outputs.get("rows")).getFloatBuffer());
            float[] projected =
                values(Objects.requireNonNull(outputs.get("projected")).getFloatBuffer());
            int count = projected.length / PROJECTED;
            int[] picks = KCentre.pick(projected, count, PROJECTED, rowsPerPicture, count / 2);
            return new Candidates(
                select(rows, patches.length(), picks), select(projected, PROJECTED, picks));
          });
    }
  }

  @Override
  public FittedHead fit(List<Candidates> good, List<Candidates> anomalous, long seed) {
    float[] rows = join(good.stream().map(Candidates::rows).toList());
    float[] projected = join(good.stream().map(Candidates::projected).toList());
    int count = projected.length / PROJECTED;
    int first = new SplittableRandom(seed).nextInt(count);
    int[] picks = KCentre.pick(projected, count, PROJECTED, ROWS, first);
    return new Bank(patches, select(rows, patches.length(), picks), picks.length);
  }

  @Override
  public void close() {
    session.close();
  }

  private static float[] values(FloatBuffer buffer) {
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  private static float[] select(float[] rows, int length, int[] picks) {
    float[] selected = new float[picks.length * length];
    for (int i = 0; i < picks.length; i++) {
      System.arraycopy(rows, picks[i] * length, selected, i * length, length);
    }
    return selected;
  }

  private static float[] join(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(p -> p.length).sum()];
    int position = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, position, part.length);
      position += part.length;
    }
    return all;
  }

  /** The fitted head: rows of good patches. */
  private static final class Bank implements FittedHead {

    private final Patches patches;
    private final int count;
    private final float[] mean;

    /** Centred and transposed, [length, count]: the right-hand side of a matrix product. */
    private final float[] columns;

    private final float[] squares;

    Bank(Patches patches, float[] rows, int count) {
      this.patches = patches;
      this.count = count;
      int length = patches.length();
      double[] sums = new double[length];
      for (int i = 0; i < rows.length; i++) {
        sums[i % length] += rows[i];
      }
      mean = new float[length];
      for (int c = 0; c < length; c++) {
        mean[c] = (float) (sums[c] / count);
      }
      columns = new float[rows.length];
      squares = new float[count];
      for (int i = 0; i < count; i++) {
        double square = 0;
        for (int c = 0; c < length; c++) {
          float centred = rows[i * length + c] - mean[c];
          columns[c * count + i] = centred;
          square += (double) centred * centred;
        }
        squares[i] = (float) square;
      }
    }

    @Override
    public String name() {
      return "memory-bank";
    }

    @Override
    public RawOutputs addTo(OnnxGraph graph, Map<String, String> taps) {
      int length = patches.length();
      String rows = patches.addTo(graph, taps);
      // |x − m|² = |x|² − 2 x·m + |m|²; centring first keeps the large terms from cancelling.
      String centred = graph.node("Sub", rows, graph.floats("bank_mean", mean, length));
      String partial =
          graph.node(
              "Gemm",
              Map.of("alpha", -2f),
              centred,
              graph.floats("bank", columns, length, count),
              graph.floats("bank_squares", squares, count));
      String lastAxis = graph.integers("last_axis", 1);
      String least = graph.node("ReduceMin", Map.of("keepdims", 0L), partial, lastAxis);
      String own = graph.node("ReduceSumSquare", Map.of("keepdims", 0L), centred, lastAxis);
      String distances = graph.node("Sqrt", graph.node("Relu", graph.node("Add", least, own)));

      String cells = graph.node("Shape", distances);
      String worst =
          graph.node(
              "Max",
              graph.node("Div", cells, graph.integers("hundred", 100)),
              graph.integers("one", 1));
      String top = graph.nodes("TopK", Map.of("axis", 0L), 2, distances, worst).get(0);
      String score = graph.node("ReduceMean", Map.of("keepdims", 1L), top);

      String grid =
          Patches.gridSize(graph, Objects.requireNonNull(taps.get(patches.fine().name())));
      String shape =
          graph.node("Concat", Map.of("axis", 0L), graph.integers("one_one", 1, 1), grid);
      return new RawOutputs(score, graph.node("Reshape", distances, shape));
    }
  }
}

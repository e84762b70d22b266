package io.relook.learning.detectors;

import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.statistics.PatchSample;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Patch vectors that other patches are compared with, by the distance to the nearest one.
 * Immutable.
 */
final class Bank {

  /** More rows cost time at every picture and gain little (measured from 1,000 to 8,000). */
  private static final int ROWS = 1000;

  private final PatchSpace space;

  /** The same object in banks that share mean and whitening. */
  private final Object origin;

  private final int count;
  private final float[] mean;

  /** [length, length], or empty in Euclidean spaces. */
  private final float[] whitening;

  /** Centred, whitened and transposed, [length, count]: the right-hand side of a product. */
  private final float[] columns;

  /** Squared lengths of the columns, [count]. */
  private final float[] squares;

  private Bank(
      PatchSpace space, Object origin, float[] mean, float[] whitening, float[] rows, int count) {
    this.space = space;
    this.origin = origin;
    this.mean = mean;
    this.whitening = whitening;
    this.count = count;
    int length = space.length();
    columns = new float[count * length];
    squares = new float[count];
    float[] row = new float[length];
    for (int i = 0; i < count; i++) {
      transform(rows, i, row);
      double square = 0;
      for (int c = 0; c < length; c++) {
        columns[c * count + i] = row[c];
        square += (double) row[c] * row[c];
      }
      squares[i] = (float) square;
    }
  }

  /** Thins a sample to a bank. The seed chooses the first row. */
  static Bank of(PatchSpace space, PatchSample sample, long seed) {
    int first = new SplittableRandom(seed).nextInt(sample.count());
    PatchSample thin = sample.thinned(space, ROWS, first);
    return new Bank(
        space,
        new Object(),
        PatchSpace.floats(sample.scatter().mean()),
        PatchSpace.floats(space.whitening(sample.scatter())),
        thin.rows(),
        thin.count());
  }

  /** A bank of other rows that uses this one's distance. */
  Bank withRows(float[] rows, int rowCount) {
    return new Bank(space, origin, mean, whitening, rows, rowCount);
  }

  PatchSpace space() {
    return space;
  }

  int count() {
    return count;
  }

  /** Rows handled together, so that each value of the bank is read once for all of them. */
  private static final int BLOCK = 4;

  /**
   * Distances of rows to their nearest bank rows, [rowCount], in plain Java. The inner loops run
   * over bank rows, in vector registers, for four rows at a time.
   *
   * @param rows [rowCount, length] row by row
   */
  double[] distances(float[] rows, int rowCount) {
    int length = space.length();
    double[] nearest = new double[rowCount];
    float[][] block = new float[BLOCK][length];
    float[][] dots = new float[BLOCK][count];
    for (int from = 0; from < rowCount; from += BLOCK) {
      int size = Math.min(BLOCK, rowCount - from);
      for (int k = 0; k < size; k++) {
        transform(rows, from + k, block[k]);
        System.arraycopy(squares, 0, dots[k], 0, count);
      }
      int c = 0;
      for (; c + 1 < length; c += 2) {
        addProducts(c, block, dots);
      }
      for (; c < length; c++) {
        addProduct(c, block, dots);
      }
      for (int k = 0; k < size; k++) {
        double own = 0;
        for (float x : block[k]) {
          own += (double) x * x;
        }
        float least = Float.POSITIVE_INFINITY;
        for (float dot : dots[k]) {
          least = Math.min(least, dot);
        }
        nearest[from + k] = Math.sqrt(Math.max(0, own + least));
      }
    }
    return nearest;
  }

  /** Adds −2 x·m of two coordinates to the sums of a block of rows. */
  private void addProducts(int coordinate, float[][] block, float[][] dots) {
    int first = coordinate * count;
    int second = first + count;
    for (int k = 0; k < BLOCK; k += 2) {
      float x0 = -2 * block[k][coordinate];
      float y0 = -2 * block[k][coordinate + 1];
      float x1 = -2 * block[k + 1][coordinate];
      float y1 = -2 * block[k + 1][coordinate + 1];
      float[] d0 = dots[k];
      float[] d1 = dots[k + 1];
      for (int j = 0; j < count; j++) {
        float m = columns[first + j];
        float n = columns[second + j];
        d0[j] = Math.fma(x0, m, Math.fma(y0, n, d0[j]));
        d1[j] = Math.fma(x1, m, Math.fma(y1, n, d1[j]));
      }
    }
  }

  /** The same of one coordinate. */
  private void addProduct(int coordinate, float[][] block, float[][] dots) {
    for (int k = 0; k < BLOCK; k++) {
      float x = -2 * block[k][coordinate];
      float[] sums = dots[k];
      for (int j = 0; j < count; j++) {
        sums[j] = Math.fma(x, columns[coordinate * count + j], sums[j]);
      }
    }
  }

  /** Centres and whitens one row. */
  private void transform(float[] rows, int index, float[] out) {
    int length = space.length();
    if (whitening.length == 0) {
      for (int c = 0; c < length; c++) {
        out[c] = rows[index * length + c] - mean[c];
      }
      return;
    }
    Arrays.fill(out, 0);
    for (int c = 0; c < length; c++) {
      float x = rows[index * length + c] - mean[c];
      for (int j = 0; j < length; j++) {
        out[j] = Math.fma(x, whitening[c * length + j], out[j]);
      }
    }
  }

  /**
   * Adds nodes, once per graph. The value is each patch's distance to the nearest row, float
   * [cells].
   */
  String distances(OnnxGraph graph, Map<String, String> taps) {
    return graph.shared(
        List.of("distances", this),
        () -> {
          int length = space.length();
          String vectors = vectors(graph, taps);
          // |x − m|² = |x|² − 2 x·m + |m|². Centring first avoids the cancellation of large terms.
          String partial =
              graph.node(
                  "Gemm",
                  Map.of("alpha", -2f),
                  vectors,
                  graph.floats("bank", columns, length, count),
                  graph.floats("bank_squares", squares, count));
          String axis = graph.integers("last_axis", 1);
          String least = graph.node("ReduceMin", Map.of("keepdims", 0L), partial, axis);
          String own = graph.node("ReduceSumSquare", Map.of("keepdims", 0L), vectors, axis);
          return graph.node("Sqrt", graph.node("Relu", graph.node("Add", least, own)));
        });
  }

  private String vectors(OnnxGraph graph, Map<String, String> taps) {
    // Banks made by withRows share these two arrays, and with them the nodes.
    return graph.shared(
        List.of("vectors", space, origin),
        () -> {
          int length = space.length();
          String rows = space.patches().addTo(graph, taps);
          String centred = graph.node("Sub", rows, graph.floats("bank_mean", mean, length));
          return whitening.length == 0
              ? centred
              : graph.node("MatMul", centred, graph.floats("whitening", whitening, length, length));
        });
  }
}

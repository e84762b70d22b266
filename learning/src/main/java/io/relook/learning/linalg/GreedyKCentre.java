package io.relook.learning.linalg;

import java.util.Arrays;

/**
 * Greedy k-centre selection (Gonzalez, "Clustering to Minimize the Maximum Intercluster Distance",
 * 1985): each pick is the point farthest from all picked so far. The covering radius is at most
 * twice the best possible one. Every prefix of the picks is such a selection too.
 */
public final class GreedyKCentre {

  /** Points handled together: their running sums then stay in the first-level cache. */
  private static final int BLOCK = 1024;

  private GreedyKCentre() {}

  /**
   * Picks at most {@code k} points; fewer when every other point equals a picked one.
   *
   * @param points {@code count} rows of {@code length} values
   * @param first the first pick
   * @return indices in the order of picking
   */
  public static int[] pick(float[] points, int count, int length, int k, int first) {
    // Column by column: the inner loops then run over points, in vector registers.
    float[] columns = new float[points.length];
    for (int i = 0; i < count; i++) {
      for (int c = 0; c < length; c++) {
        columns[c * count + i] = points[i * length + c];
      }
    }
    float[] nearest = new float[count];
    Arrays.fill(nearest, Float.POSITIVE_INFINITY);
    float[] squares = new float[BLOCK];
    int[] picks = new int[Math.min(k, count)];
    int next = first;
    for (int n = 0; n < picks.length; n++) {
      picks[n] = next;
      float farthest = 0;
      int pick = next;
      for (int from = 0; from < count; from += BLOCK) {
        int size = Math.min(BLOCK, count - from);
        Arrays.fill(squares, 0, size, 0f);
        int c = 0;
        for (; c + 7 < length; c += 8) {
          addSquares(columns, c * count + from, count, size, points, pick * length + c, squares);
        }
        for (; c < length; c++) {
          addSquares(columns, c * count + from, size, points[pick * length + c], squares);
        }
        for (int i = 0; i < size; i++) {
          float d = Math.min(nearest[from + i], squares[i]);
          nearest[from + i] = d;
          if (d > farthest) {
            farthest = d;
            next = from + i;
          }
        }
      }
      if (farthest == 0) {
        return Arrays.copyOf(picks, n + 1);
      }
    }
    return picks;
  }

  /**
   * Adds the squares of eight coordinates at once, so that the sums are read and written an eighth
   * as often. Fused multiply-add is one instruction on processors since 2013, and its result is the
   * same on all of them.
   */
  private static void addSquares(
      float[] columns, int from, int count, int size, float[] centres, int centre, float[] sums) {
    int from1 = from + count;
    int from2 = from1 + count;
    int from3 = from2 + count;
    int from4 = from3 + count;
    int from5 = from4 + count;
    int from6 = from5 + count;
    int from7 = from6 + count;
    float c0 = centres[centre];
    float c1 = centres[centre + 1];
    float c2 = centres[centre + 2];
    float c3 = centres[centre + 3];
    float c4 = centres[centre + 4];
    float c5 = centres[centre + 5];
    float c6 = centres[centre + 6];
    float c7 = centres[centre + 7];
    for (int i = 0; i < size; i++) {
      float d0 = columns[from + i] - c0;
      float d1 = columns[from1 + i] - c1;
      float d2 = columns[from2 + i] - c2;
      float d3 = columns[from3 + i] - c3;
      float d4 = columns[from4 + i] - c4;
      float d5 = columns[from5 + i] - c5;
      float d6 = columns[from6 + i] - c6;
      float d7 = columns[from7 + i] - c7;
      float even = Math.fma(d6, d6, Math.fma(d4, d4, Math.fma(d2, d2, d0 * d0)));
      float odd = Math.fma(d7, d7, Math.fma(d5, d5, Math.fma(d3, d3, Math.fma(d1, d1, sums[i]))));
      sums[i] = even + odd;
    }
  }

  private static void addSquares(float[] column, int from, int size, float centre, float[] sums) {
    for (int i = 0; i < size; i++) {
      float d = column[from + i] - centre;
      sums[i] = Math.fma(d, d, sums[i]);
    }
  }
}

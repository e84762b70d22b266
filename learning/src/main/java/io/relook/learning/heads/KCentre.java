package io.relook.learning.heads;

import java.util.Arrays;

/**
 * Greedy k-centre (Gonzalez 1985): each pick is the point farthest from all picked so far, which is
 * within twice the best possible covering radius. Any prefix of the picks is itself such a choice.
 */
final class KCentre {

  /** Points handled together, so that their running sums stay in the first-level cache. */
  private static final int BLOCK = 1024;

  private KCentre() {}

  /**
   * Picks at most {@code k} points; fewer when all others coincide with picked ones.
   *
   * @param points {@code count} rows of {@code length} values
   * @param first the first pick
   * @return indices in the order of picking
   */
  static int[] pick(float[] points, int count, int length, int k, int first) {
    // One coordinate of all points side by side: the inner loop then runs over points, in vector
    // registers.
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
        for (; c + 3 < length; c += 4) {
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

  /** Four coordinates at once halve the traffic of the sums. */
  private static void addSquares(
      float[] columns, int from, int count, int size, float[] centres, int centre, float[] sums) {
    int second = from + count;
    int third = second + count;
    int fourth = third + count;
    float c0 = centres[centre];
    float c1 = centres[centre + 1];
    float c2 = centres[centre + 2];
    float c3 = centres[centre + 3];
    for (int i = 0; i < size; i++) {
      float d0 = columns[from + i] - c0;
      float d1 = columns[second + i] - c1;
      float d2 = columns[third + i] - c2;
      float d3 = columns[fourth + i] - c3;
      sums[i] += (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3);
    }
  }

  private static void addSquares(float[] column, int from, int size, float centre, float[] sums) {
    for (int i = 0; i < size; i++) {
      float d = column[from + i] - centre;
      sums[i] += d * d;
    }
  }
}

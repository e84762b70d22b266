package io.relook.learning.heads;

import java.util.Arrays;
import java.util.List;

/**
 * Patches kept of a set of pictures, thinned by greedy k-centre, and the sums of all of them.
 *
 * @param rows [n, length], row by row
 * @param count n
 * @param scatter over all patches, kept or not
 */
@SuppressWarnings("ArrayRecordComponent") // thousands of values; samples are not compared
public record PatchSample(float[] rows, int count, Scatter scatter) {

  static PatchSample joined(List<PatchSample> parts) {
    float[] all = new float[parts.stream().mapToInt(p -> p.rows.length).sum()];
    int position = 0;
    for (PatchSample part : parts) {
      System.arraycopy(part.rows, 0, all, position, part.rows.length);
      position += part.rows.length;
    }
    return new PatchSample(
        all,
        parts.stream().mapToInt(PatchSample::count).sum(),
        Scatter.joined(parts.stream().map(PatchSample::scatter).toList()));
  }

  /** At most {@code most} rows, each the farthest from all before it. */
  PatchSample thinned(PatchSpace space, int most, int first) {
    if (count <= most) {
      return this;
    }
    int d = space.length();
    int p = space.projectedLength();
    float[] projected = rows;
    if (p != d || space.whitened()) {
      float[] projection = space.projection(scatter);
      projected = new float[count * p];
      float[] sums = new float[p];
      for (int i = 0; i < count; i++) {
        Arrays.fill(sums, 0);
        for (int c = 0; c < d; c++) {
          float x = (float) (rows[i * d + c] - scatter.mean()[c]);
          for (int j = 0; j < p; j++) {
            sums[j] += x * projection[c * p + j];
          }
        }
        System.arraycopy(sums, 0, projected, i * p, p);
      }
    }
    int[] picks = KCentre.pick(projected, count, p, most, first);
    float[] kept = new float[picks.length * d];
    for (int i = 0; i < picks.length; i++) {
      System.arraycopy(rows, picks[i] * d, kept, i * d, d);
    }
    return new PatchSample(kept, picks.length, scatter);
  }
}

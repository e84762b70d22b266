package io.relook.learning.statistics;

import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.linalg.GreedyKCentre;
import io.relook.learning.linalg.ScatterMatrix;
import java.util.Arrays;
import java.util.List;

/**
 * The patches kept of a set of pictures, thinned by greedy k-centre, and the sums of all patches.
 *
 * @param rows [n, length] row by row; values that half precision can hold
 * @param owners [n], the number of the picture that each row comes from; the caller numbers them
 * @param scatter of all patches, kept or not
 */
@SuppressWarnings("ArrayRecordComponent") // thousands of values; samples are not compared
public record PatchSample(float[] rows, int[] owners, ScatterMatrix scatter) {

  public int count() {
    return owners.length;
  }

  /** All rows of the parts, with the sums of all their patches. */
  static PatchSample joined(List<PatchSample> parts) {
    float[] all = new float[parts.stream().mapToInt(p -> p.rows.length).sum()];
    int[] owners = new int[parts.stream().mapToInt(PatchSample::count).sum()];
    int position = 0;
    int row = 0;
    for (PatchSample part : parts) {
      System.arraycopy(part.rows, 0, all, position, part.rows.length);
      System.arraycopy(part.owners, 0, owners, row, part.count());
      position += part.rows.length;
      row += part.count();
    }
    return new PatchSample(
        all, owners, ScatterMatrix.joined(parts.stream().map(PatchSample::scatter).toList()));
  }

  /** The same rows, all from the picture with this number. */
  PatchSample ownedBy(int picture) {
    int[] all = new int[owners.length];
    Arrays.fill(all, picture);
    return new PatchSample(rows, all, scatter);
  }

  /**
   * The rows with new numbers of their pictures, sorted by them. Rows of pictures without a new
   * number are dropped. Sums stay as they are.
   *
   * @param numbers the new number of each old one, or -1 for none
   */
  PatchSample renumbered(int[] numbers) {
    int d = owners.length == 0 ? 0 : rows.length / owners.length;
    Integer[] order = new Integer[owners.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Integer.compare(numbers[owners[a]], numbers[owners[b]]));
    int count = (int) Arrays.stream(owners).filter(owner -> numbers[owner] >= 0).count();
    float[] kept = new float[count * d];
    int[] keptOwners = new int[count];
    for (int i = 0; i < count; i++) {
      int from = order[owners.length - count + i];
      System.arraycopy(rows, from * d, kept, i * d, d);
      keptOwners[i] = numbers[owners[from]];
    }
    return new PatchSample(kept, keptOwners, scatter);
  }

  /** The same rows with other sums. */
  PatchSample with(ScatterMatrix other) {
    return new PatchSample(rows, owners, other);
  }

  /**
   * At most {@code max} rows by greedy k-centre: each is the farthest from all before it.
   *
   * @param first index of the first row
   */
  public PatchSample thinned(PatchSpace space, int max, int first) {
    if (count() <= max) {
      return this;
    }
    int d = space.length();
    int[] picks =
        GreedyKCentre.pick(projected(space), count(), space.projectedLength(), max, first);
    float[] kept = new float[picks.length * d];
    int[] keptOwners = new int[picks.length];
    for (int i = 0; i < picks.length; i++) {
      System.arraycopy(rows, picks[i] * d, kept, i * d, d);
      keptOwners[i] = owners[picks[i]];
    }
    return new PatchSample(kept, keptOwners, scatter);
  }

  /** The rows centred and projected, [n, projectedLength]. */
  private float[] projected(PatchSpace space) {
    int d = space.length();
    int p = space.projectedLength();
    if (p == d && !space.whitened()) {
      return rows;
    }
    float[] projection = space.projection(scatter);
    float[] mean = PatchSpace.floats(scatter.mean());
    float[] projected = new float[count() * p];
    float[] sums = new float[p];
    for (int i = 0; i < count(); i++) {
      Arrays.fill(sums, 0);
      for (int c = 0; c < d; c++) {
        float x = rows[i * d + c] - mean[c];
        for (int j = 0; j < p; j++) {
          sums[j] = Math.fma(x, projection[c * p + j], sums[j]);
        }
      }
      System.arraycopy(sums, 0, projected, i * p, p);
    }
    return projected;
  }
}

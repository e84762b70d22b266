package io.relook.learning.statistics;

import io.relook.learning.linalg.ScatterMatrix;
import java.util.List;

/**
 * Sums of pictures' pooled vectors: all that {@link ShrunkCovariance} needs of them. Adding and
 * subtracting is exact, as in {@link ScatterMatrix}. With 16,000 pictures, the last sum overflows
 * where |x|² exceeds 23,000; this is detected and throws.
 *
 * @param scatter count, Σ x and Σ x xᵀ
 * @param thirds Σ |x|² x, [d], in units of 2⁻²⁰
 * @param fourth Σ |x|⁴, in units of 2⁻²⁰
 */
@SuppressWarnings("ArrayRecordComponent") // sums are not compared
public record PooledSums(ScatterMatrix scatter, long[] thirds, long fourth) {

  /** The sums of one vector. */
  public static PooledSums of(float[] vector) {
    int d = vector.length;
    double square = 0;
    for (float x : vector) {
      square += (double) x * x;
    }
    long[] thirds = new long[d];
    for (int i = 0; i < d; i++) {
      thirds[i] = Math.round(ScatterMatrix.ONE * square * vector[i]);
    }
    return new PooledSums(
        ScatterMatrix.of(1, vector, new float[ScatterMatrix.packedLength(d)]),
        thirds,
        Math.round(ScatterMatrix.ONE * square * square));
  }

  /** The sums of all vectors of the parts. */
  public static PooledSums joined(List<PooledSums> parts) {
    long[] thirds = new long[parts.get(0).thirds.length];
    long fourth = 0;
    for (PooledSums part : parts) {
      ScatterMatrix.add(thirds, part.thirds, 1);
      fourth = Math.addExact(fourth, part.fourth);
    }
    return new PooledSums(
        ScatterMatrix.joined(parts.stream().map(PooledSums::scatter).toList()), thirds, fourth);
  }

  /** The sums of these vectors without a part of them. */
  public PooledSums without(PooledSums part) {
    long[] rest = thirds.clone();
    ScatterMatrix.add(rest, part.thirds, -1);
    return new PooledSums(
        scatter.without(part.scatter), rest, Math.subtractExact(fourth, part.fourth));
  }

  /** Σ |x − mean|⁴, multiplied out. */
  double centredFourth() {
    double[] mean = scatter.mean();
    int d = mean.length;
    long n = scatter.count();
    double square = 0;
    double third = 0;
    double trace = 0;
    double form = 0;
    int at = 0;
    for (int i = 0; i < d; i++) {
      square += mean[i] * mean[i];
      third += mean[i] * thirds[i];
      trace += scatter.products()[at];
      form += mean[i] * mean[i] * scatter.products()[at++];
      for (int j = i + 1; j < d; j++) {
        form += 2 * mean[i] * mean[j] * scatter.products()[at++];
      }
    }
    double value =
        (fourth + 4 * form - 4 * third + 2 * square * trace) / ScatterMatrix.ONE
            - 3 * n * square * square;
    return Math.max(0, value);
  }
}

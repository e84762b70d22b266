package io.relook.learning.statistics;

import ai.onnxruntime.platform.Fp16Conversions;
import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.linalg.ScatterMatrix;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What detectors are fitted from, of one picture. It is extracted once, when the picture arrives,
 * and stored beside the picture's features; a training reads it instead of all features.
 *
 * <p>Stored form, little endian: magic {@code RLKS}, version (byte), picture width and height
 * (int), pooled length (int) and values (float); number of spaces (byte); per space its cells,
 * vector length, number of products and number of rows (int), mean and products (float), rows (half
 * precision).
 *
 * @param pictureWidth columns of the picture
 * @param pictureHeight rows of the picture
 * @param pooled the means of all taps over the picture, concatenated
 * @param parts patches, in the order of the {@link StatisticsExtractor}'s spaces
 */
@SuppressWarnings("ArrayRecordComponent") // values are not compared
public record PictureStatistics(
    int pictureWidth, int pictureHeight, float[] pooled, List<Part> parts) {

  /** Increased whenever equal features give other bytes. */
  public static final int VERSION = 1;

  private static final int MAGIC = 'R' | 'L' << 8 | 'K' << 16 | 'S' << 24;

  /** Patches kept of one picture in one space, at most. */
  static final int MAX_ROWS = 200;

  /**
   * The patches of one space.
   *
   * @param cells number of patches of the picture, kept or not
   * @param mean of all of them, [length]
   * @param products Σ (x − mean)(x − mean)ᵀ, the upper triangle row by row; empty in Euclidean
   *     spaces
   * @param rows patches kept, [n, length] row by row, in half precision
   */
  @SuppressWarnings("ArrayRecordComponent") // values are not compared
  record Part(int cells, float[] mean, float[] products, short[] rows) {}

  /** The stored form. */
  public byte[] toBytes() {
    int size = 4 + 1 + 8 + 4 + 4 * pooled.length + 1;
    for (Part part : parts) {
      size += 16 + 4 * (part.mean.length + part.products.length) + 2 * part.rows.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).put((byte) VERSION).putInt(pictureWidth).putInt(pictureHeight);
    out.putInt(pooled.length);
    put(out, pooled);
    out.put((byte) parts.size());
    for (Part part : parts) {
      out.putInt(part.cells)
          .putInt(part.mean.length)
          .putInt(part.products.length)
          .putInt(part.rows.length / part.mean.length);
      put(out, part.mean);
      put(out, part.products);
      out.asShortBuffer().put(part.rows);
      out.position(out.position() + 2 * part.rows.length);
    }
    return out.array();
  }

  private static void put(ByteBuffer out, float[] values) {
    out.asFloatBuffer().put(values);
    out.position(out.position() + 4 * values.length);
  }

  /**
   * Reads the stored form.
   *
   * @return nothing if the bytes are not a stored form of this version and these spaces; the caller
   *     then computes the statistics from features
   */
  static Optional<PictureStatistics> fromBytes(
      byte[] bytes, List<PatchSpace> spaces, int pooledLength) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (in.getInt() != MAGIC || in.get() != VERSION) {
        return Optional.empty();
      }
      int width = in.getInt();
      int height = in.getInt();
      if (width < 1 || height < 1 || in.getInt() != pooledLength) {
        return Optional.empty();
      }
      float[] pooled = floats(in, pooledLength);
      if (in.get() != spaces.size()) {
        return Optional.empty();
      }
      List<Part> parts = new ArrayList<>();
      for (PatchSpace space : spaces) {
        int cells = in.getInt();
        int length = in.getInt();
        int products = in.getInt();
        int rows = in.getInt();
        if (cells < 1
            || length != space.length()
            || products != (space.whitened() ? ScatterMatrix.packedLength(length) : 0)
            || rows < 1
            || rows > MAX_ROWS) {
          return Optional.empty();
        }
        float[] mean = floats(in, length);
        float[] centred = floats(in, products);
        short[] halves = new short[rows * length];
        in.asShortBuffer().get(halves);
        in.position(in.position() + 2 * halves.length);
        parts.add(new Part(cells, mean, centred, halves));
      }
      return in.hasRemaining()
          ? Optional.empty()
          : Optional.of(new PictureStatistics(width, height, pooled, parts));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static float[] floats(ByteBuffer in, int count) {
    float[] values = new float[count];
    in.asFloatBuffer().get(values);
    in.position(in.position() + 4 * count);
    return values;
  }

  /** The statistics of the set of this one picture, which has the number 0. */
  PictureSetStatistics asSet(List<PatchSpace> spaces) {
    Map<PatchSpace, PatchSample> samples = new LinkedHashMap<>();
    for (int s = 0; s < parts.size(); s++) {
      Part part = parts.get(s);
      float[] rows = new float[part.rows.length];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = Fp16Conversions.fp16ToFloat(part.rows[i]);
      }
      samples.put(
          spaces.get(s),
          new PatchSample(
              rows,
              new int[rows.length / part.mean.length],
              ScatterMatrix.of(part.cells, part.mean, part.products)));
    }
    return new PictureSetStatistics(samples, PooledSums.of(pooled));
  }
}

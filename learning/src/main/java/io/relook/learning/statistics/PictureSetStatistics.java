package io.relook.learning.statistics;

import ai.onnxruntime.platform.Fp16Conversions;
import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.linalg.ScatterMatrix;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The sufficient statistics of a set of pictures: all that detectors are fitted from. Statistics of
 * parts join to those of the whole, so folds and later trainings share the work. A picture's sums
 * can be subtracted again.
 *
 * @param samples patches by space
 * @param pooled sums of one vector per picture: the means of all taps over the picture,
 *     concatenated
 */
public record PictureSetStatistics(Map<PatchSpace, PatchSample> samples, PooledSums pooled) {

  /** Patches kept of a set, at most. More cost time at every thinning and gain little. */
  private static final int MAX_ROWS = 1000;

  public PatchSample sample(PatchSpace space) {
    return Objects.requireNonNull(samples.get(space));
  }

  /** The statistics of all pictures of the parts, with all their patches. */
  public static PictureSetStatistics joined(List<PictureSetStatistics> parts) {
    Map<PatchSpace, PatchSample> samples = new LinkedHashMap<>();
    for (PatchSpace space : parts.get(0).samples.keySet()) {
      samples.put(space, PatchSample.joined(parts.stream().map(p -> p.sample(space)).toList()));
    }
    return new PictureSetStatistics(
        samples, PooledSums.joined(parts.stream().map(PictureSetStatistics::pooled).toList()));
  }

  /** With at most {@value #MAX_ROWS} patches per space: a coreset of the parts' coresets. */
  public PictureSetStatistics thinned() {
    return each((space, sample) -> sample.thinned(space, MAX_ROWS, 0));
  }

  /** With all patches owned by the picture of this number. */
  public PictureSetStatistics ownedBy(int picture) {
    return each((space, sample) -> sample.ownedBy(picture));
  }

  /**
   * With new numbers of the pictures, and patches sorted by them. Patches of pictures without a new
   * number are dropped; their sums stay, see {@link #withoutSums}.
   *
   * @param numbers the new number of each old one, or -1 for none
   */
  public PictureSetStatistics renumbered(int[] numbers) {
    return each((space, sample) -> sample.renumbered(numbers));
  }

  /** With the sums of one or more pictures subtracted. Patches stay. */
  public PictureSetStatistics withoutSums(PictureSetStatistics part) {
    PictureSetStatistics rest =
        each(
            (space, sample) -> sample.with(sample.scatter().without(part.sample(space).scatter())));
    return new PictureSetStatistics(rest.samples, pooled.without(part.pooled));
  }

  private interface Change {
    PatchSample apply(PatchSpace space, PatchSample sample);
  }

  private PictureSetStatistics each(Change change) {
    Map<PatchSpace, PatchSample> changed = new LinkedHashMap<>();
    samples.forEach((space, sample) -> changed.put(space, change.apply(space, sample)));
    return new PictureSetStatistics(changed, pooled);
  }

  /** Writes patches in half precision and sums exactly. Equal statistics give equal bytes. */
  public void writeTo(DataOutputStream out) throws IOException {
    for (PatchSample sample : samples.values()) {
      out.writeInt(sample.count());
      for (int owner : sample.owners()) {
        out.writeInt(owner);
      }
      for (float value : sample.rows()) {
        out.writeShort(Fp16Conversions.floatToFp16(value));
      }
      write(out, sample.scatter());
    }
    write(out, pooled.scatter());
    write(out, pooled.thirds());
    out.writeLong(pooled.fourth());
  }

  private static void write(DataOutputStream out, ScatterMatrix scatter) throws IOException {
    out.writeLong(scatter.count());
    write(out, scatter.sums());
    write(out, scatter.products());
  }

  private static void write(DataOutputStream out, long[] values) throws IOException {
    for (long value : values) {
      out.writeLong(value);
    }
  }

  /**
   * Reads what {@link #writeTo} wrote.
   *
   * @param pooledLength number of channels of all taps
   * @param pictures number of pictures in the set; owners are below it
   * @throws IOException if the bytes end early or hold impossible numbers
   */
  static PictureSetStatistics readFrom(
      DataInputStream in, List<PatchSpace> spaces, int pooledLength, int pictures)
      throws IOException {
    Map<PatchSpace, PatchSample> samples = new LinkedHashMap<>();
    for (PatchSpace space : spaces) {
      int count = in.readInt();
      if (count < 0 || count > MAX_ROWS) {
        throw new IOException(
            "The statistics hold %d patches; 0 to %d are possible.".formatted(count, MAX_ROWS));
      }
      int[] owners = new int[count];
      for (int i = 0; i < count; i++) {
        owners[i] = in.readInt();
        if (owners[i] < 0 || owners[i] >= pictures) {
          throw new IOException(
              "A patch belongs to picture %d; there are %d pictures, numbered from 0."
                  .formatted(owners[i], pictures));
        }
      }
      float[] rows = new float[count * space.length()];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = Fp16Conversions.fp16ToFloat(in.readShort());
      }
      samples.put(
          space,
          new PatchSample(
              rows,
              owners,
              space.whitened() ? scatter(in, space.length()) : sumsOnly(in, space.length())));
    }
    return new PictureSetStatistics(
        samples, new PooledSums(scatter(in, pooledLength), longs(in, pooledLength), in.readLong()));
  }

  private static ScatterMatrix scatter(DataInputStream in, int length) throws IOException {
    return new ScatterMatrix(
        in.readLong(), longs(in, length), longs(in, ScatterMatrix.packedLength(length)));
  }

  /** Where no covariance is needed. */
  private static ScatterMatrix sumsOnly(DataInputStream in, int length) throws IOException {
    return new ScatterMatrix(in.readLong(), longs(in, length), new long[0]);
  }

  private static long[] longs(DataInputStream in, int count) throws IOException {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.readLong();
    }
    return values;
  }
}

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
 * What is kept of a set of pictures: all that any head is fitted from. Summaries of parts join to
 * the summary of the whole, so folds and later trainings share the work, and a picture can be taken
 * out again.
 *
 * @param samples patches, by space
 * @param pooled sums of one vector a picture: every tap averaged over the picture, side by side
 */
public record PictureSetStatistics(Map<PatchSpace, PatchSample> samples, PooledSums pooled) {

  /** More rows cost time at every thinning and gain little. */
  private static final int ROWS_OF_MANY = 1000;

  public PatchSample sample(PatchSpace space) {
    return Objects.requireNonNull(samples.get(space));
  }

  public static PictureSetStatistics joined(List<PictureSetStatistics> parts) {
    Map<PatchSpace, PatchSample> samples = new LinkedHashMap<>();
    for (PatchSpace space : parts.get(0).samples.keySet()) {
      samples.put(space, PatchSample.joined(parts.stream().map(p -> p.sample(space)).toList()));
    }
    return new PictureSetStatistics(
        samples, PooledSums.joined(parts.stream().map(PictureSetStatistics::pooled).toList()));
  }

  /** With no more patches than any fit needs of a set of pictures: a coreset of coresets. */
  public PictureSetStatistics thinned() {
    return each((space, sample) -> sample.thinned(space, ROWS_OF_MANY, 0));
  }

  /** As of the picture of this number. */
  public PictureSetStatistics ownedBy(int picture) {
    return each((space, sample) -> sample.ownedBy(picture));
  }

  /**
   * With pictures numbered anew and patches in the order of their pictures; patches of pictures
   * without number go. Sums stay: see {@link #withoutSums}.
   *
   * @param numbers new number of each old one, or -1
   */
  public PictureSetStatistics renumbered(int[] numbers) {
    return each((space, sample) -> sample.renumbered(numbers));
  }

  /** With the sums of a picture, or of several, taken away. Patches stay. */
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

  /** Patches in half precision, sums exact. Equal summaries give equal bytes. */
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
   * @param pictures owners are below
   * @param pooledLength channels of all taps
   * @throws IOException if the bytes end early or hold impossible numbers
   */
  static PictureSetStatistics readFrom(
      DataInputStream in, List<PatchSpace> spaces, int pooledLength, int pictures)
      throws IOException {
    Map<PatchSpace, PatchSample> samples = new LinkedHashMap<>();
    for (PatchSpace space : spaces) {
      int count = in.readInt();
      if (count < 0 || count > ROWS_OF_MANY) {
        throw new IOException("A summary of %d patches.".formatted(count));
      }
      int[] owners = new int[count];
      for (int i = 0; i < count; i++) {
        owners[i] = in.readInt();
        if (owners[i] < 0 || owners[i] >= pictures) {
          throw new IOException("A patch of picture %d of %d.".formatted(owners[i], pictures));
        }
      }
      float[] rows = new float[count * space.length()];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = Fp16Conversions.fp16ToFloat(in.readShort());
      }
      samples.put(
          space, new PatchSample(rows, owners, scatter(in, space.length(), space.whitened())));
    }
    return new PictureSetStatistics(
        samples,
        new PooledSums(scatter(in, pooledLength, true), longs(in, pooledLength), in.readLong()));
  }

  private static ScatterMatrix scatter(DataInputStream in, int length, boolean products)
      throws IOException {
    return new ScatterMatrix(
        in.readLong(),
        longs(in, length),
        longs(in, products ? ScatterMatrix.packedLength(length) : 0));
  }

  private static long[] longs(DataInputStream in, int count) throws IOException {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.readLong();
    }
    return values;
  }
}

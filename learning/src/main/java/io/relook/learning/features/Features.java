package io.relook.learning.features;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The outputs of all taps for one picture, in stored precision.
 *
 * <p>Stored form, little endian: magic {@code RLKF}, version (byte), picture width and height
 * (int), number of taps (byte); per tap its name (byte length, UTF-8), channels, height, width
 * (int); then all values (half precision), tap after tap.
 *
 * @param pictureWidth columns of the picture
 * @param pictureHeight rows of the picture
 * @param taps from fine to coarse
 */
public record Features(int pictureWidth, int pictureHeight, List<FeatureGrid> taps) {

  private static final int MAGIC = 'R' | 'L' << 8 | 'K' << 16 | 'F' << 24;
  private static final byte VERSION = 1;

  public Features {
    taps = List.copyOf(taps);
    if (pictureWidth < 1 || pictureHeight < 1 || taps.isEmpty()) {
      throw new IllegalArgumentException("Features need a picture size and at least one tap.");
    }
  }

  /**
   * The grid of the tap of this name.
   *
   * @throws IllegalArgumentException if these features lack it
   */
  public FeatureGrid tap(String name) {
    for (FeatureGrid grid : taps) {
      if (grid.tap().equals(name)) {
        return grid;
      }
    }
    throw new IllegalArgumentException(
        "The features have no tap %s; they have %s.".formatted(name, taps));
  }

  /** The stored form. */
  public byte[] toBytes() {
    int size = 4 + 1 + 4 + 4 + 1;
    for (FeatureGrid grid : taps) {
      size += 1 + utf8(grid).length + 12 + 2 * grid.halves().length;
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC)
        .put(VERSION)
        .putInt(pictureWidth)
        .putInt(pictureHeight)
        .put((byte) taps.size());
    for (FeatureGrid grid : taps) {
      byte[] name = utf8(grid);
      out.put((byte) name.length).put(name);
      out.putInt(grid.channels()).putInt(grid.height()).putInt(grid.width());
    }
    for (FeatureGrid grid : taps) {
      out.asShortBuffer().put(grid.halves());
      out.position(out.position() + 2 * grid.halves().length);
    }
    return out.array();
  }

  /**
   * Reads the stored form.
   *
   * @throws IllegalArgumentException if the bytes are not exactly one stored form of a known
   *     version
   */
  public static Features fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      if (in.getInt() != MAGIC) {
        throw new IllegalArgumentException("The bytes are not stored features.");
      }
      byte version = in.get();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "The stored features have version %d; this program reads version %d."
                .formatted(version, VERSION));
      }
      int width = in.getInt();
      int height = in.getInt();
      int count = in.get() & 0xFF;
      String[] names = new String[count];
      int[][] shapes = new int[count][3];
      long values = 0;
      for (int i = 0; i < count; i++) {
        byte[] name = new byte[in.get() & 0xFF];
        in.get(name);
        names[i] = new String(name, StandardCharsets.UTF_8);
        long product = 1;
        for (int j = 0; j < 3; j++) {
          shapes[i][j] = in.getInt();
          if (shapes[i][j] < 1 || shapes[i][j] > 1 << 20) {
            throw new IllegalArgumentException(
                "The stored features have a side of %d cells; 1 to %d are possible."
                    .formatted(shapes[i][j], 1 << 20));
          }
          product *= shapes[i][j];
        }
        values += product;
      }
      if (in.remaining() != 2 * values) {
        throw new IllegalArgumentException(
            "The stored features have %d bytes of values; their shapes need %d."
                .formatted(in.remaining(), 2 * values));
      }
      List<FeatureGrid> taps = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        short[] halves = new short[shapes[i][0] * shapes[i][1] * shapes[i][2]];
        in.asShortBuffer().get(halves);
        in.position(in.position() + 2 * halves.length);
        taps.add(new FeatureGrid(names[i], shapes[i][0], shapes[i][1], shapes[i][2], halves));
      }
      return new Features(width, height, taps);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("The stored features end early.", e);
    }
  }

  private static byte[] utf8(FeatureGrid grid) {
    byte[] name = grid.tap().getBytes(StandardCharsets.UTF_8);
    if (name.length > 255) {
      throw new IllegalArgumentException(
          "The name of tap %s has %d bytes; at most 255 can be stored."
              .formatted(grid.tap(), name.length));
    }
    return name;
  }
}

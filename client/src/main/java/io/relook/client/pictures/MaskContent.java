package io.relook.client.pictures;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** What a mask shows. In a mask as relook takes it white is the defect. */
sealed interface MaskContent {

  int BLACK = 0;
  int WHITE = 0xFFFFFF;

  /** The upper three bits of each colour, which are equal in black and white that was smoothed. */
  int NEARLY_WHITE = 0xE0E0E0;

  /** Share of the pixels; the rest are edges. */
  double NEARLY_ALL = 0.95;

  /** Greys that edges between black and white can have; a photograph has thousands of colours. */
  int MOST_COLOURS = 256;

  /** Colours of a mask that numbers its classes, at most. */
  int MOST_CLASSES = 64;

  /** It has white pixels and is sent as it is. */
  record White() implements MaskContent {}

  /** It has few colours and no white, as masks that number the classes: all but black is defect. */
  record Numbered() implements MaskContent {}

  /** All of it is black. */
  record Blank() implements MaskContent {}

  /**
   * It is no mask.
   *
   * @param predicate of a sentence about the file
   */
  record Unusable(String predicate) implements MaskContent {}

  /** Reads a PNG mask. */
  static MaskContent read(Path file) {
    BufferedImage image;
    try {
      image = decode(file);
    } catch (IOException | RuntimeException e) {
      return new Unusable("cannot be decoded: save it again");
    }
    Set<Integer> colours = colours(image);
    if (colours.size() > MOST_COLOURS) {
      return new Unusable(
          "has more than %d colours, as a picture has: a mask is white on black"
              .formatted(MOST_COLOURS));
    }
    if (colours.contains(WHITE)) {
      return new White();
    }
    if (colours.equals(Set.of(BLACK))) {
      return new Blank();
    }
    return colours.contains(BLACK) && colours.size() <= MOST_CLASSES
        ? new Numbered()
        : new Unusable("has no white: paint the defect white on black");
  }

  /** Whether a picture looks like a mask: black and one other colour, and nothing else. */
  static boolean isTwoColoured(Path file) {
    try {
      Set<Integer> colours = colours(decode(file));
      return colours.size() == 2 && colours.contains(BLACK);
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /**
   * Whether nearly all of a picture is black or white, as of a mask that was saved as JPEG; and
   * there is some of both.
   */
  static boolean isBlackAndWhite(Path file) {
    try {
      BufferedImage image = decode(file);
      int[] row = new int[image.getWidth()];
      long black = 0;
      long white = 0;
      for (int y = 0; y < image.getHeight(); y++) {
        colours(image, y, row);
        for (int colour : row) {
          black += (colour & NEARLY_WHITE) == 0 ? 1 : 0;
          white += (colour & NEARLY_WHITE) == NEARLY_WHITE ? 1 : 0;
        }
      }
      long all = (long) image.getWidth() * image.getHeight();
      return black > 0 && white > 0 && black + white >= NEARLY_ALL * all;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /** Its colours; not many more than a mask may have. */
  private static Set<Integer> colours(BufferedImage image) {
    Set<Integer> colours = new HashSet<>();
    int[] row = new int[image.getWidth()];
    for (int y = 0; y < image.getHeight() && colours.size() <= MOST_COLOURS; y++) {
      colours(image, y, row);
      int last = -1;
      for (int colour : row) {
        if (colour != last) {
          colours.add(colour);
          last = colour;
        }
      }
    }
    return colours;
  }

  /** A row as RGB, but 1 of 65,535 is not yet black. */
  private static void colours(BufferedImage image, int y, int[] row) {
    int type = image.getType();
    if (type == BufferedImage.TYPE_BYTE_GRAY || type == BufferedImage.TYPE_USHORT_GRAY) {
      image.getRaster().getSamples(0, y, row.length, 1, 0, row);
      for (int x = 0; x < row.length; x++) {
        row[x] =
            type == BufferedImage.TYPE_BYTE_GRAY
                ? row[x] * 0x010101
                : row[x] == 0xFFFF ? WHITE : row[x];
      }
    } else {
      image.getRGB(0, y, row.length, 1, row, 0, row.length);
      for (int x = 0; x < row.length; x++) {
        row[x] &= WHITE;
      }
    }
  }

  /** One mask, white on black, of the pixels that are not black in any of these. */
  static byte[] whiteOnBlack(List<Path> files) {
    try {
      BufferedImage first = decode(files.get(0));
      BufferedImage white =
          new BufferedImage(first.getWidth(), first.getHeight(), BufferedImage.TYPE_BYTE_BINARY);
      for (Path file : files) {
        BufferedImage part = decode(file);
        int width = Math.min(white.getWidth(), part.getWidth());
        int height = Math.min(white.getHeight(), part.getHeight());
        int[] row = new int[part.getWidth()];
        for (int y = 0; y < height; y++) {
          colours(part, y, row);
          for (int x = 0; x < width; x++) {
            if (row[x] != BLACK) {
              white.setRGB(x, y, 0xFFFFFFFF);
            }
          }
        }
      }
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      try (ImageOutputStream output = new MemoryCacheImageOutputStream(png)) {
        ImageIO.write(white, "png", output);
      }
      return png.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BufferedImage decode(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      // Kept in memory: the default writes a file for each picture.
      BufferedImage image = ImageIO.read(new MemoryCacheImageInputStream(stream));
      if (image == null) {
        throw new IOException("no reader");
      }
      return image;
    }
  }
}

package io.relook.client;

import io.relook.client.ImageSource.Content;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;

/**
 * How many bits a camera fills of the samples of 16-bit PNGs: told from all pictures of a set,
 * because one of them may be dark.
 *
 * @param pictures pictures of 16 bits in the set
 * @param doubtful those of them that leave the two highest bits empty
 * @param largest value in the set
 */
public record SampleBits(int pictures, int doubtful, int largest) {
  /** Cameras fill 10, 12 or 14 bits of 16. */
  private static final int[] CAMERAS = {10, 12, 14};

  private static final int DOUBTFUL = 1 << 14;

  /** Of a PNG: signature, chunk IHDR with width and height, then the bits of a sample. */
  private static final int BITS_AT = 24;

  /** Looks at the PNG files of a set; other pictures, also those in S3, are not read. */
  public static SampleBits of(List<ImageSource> images) {
    int pictures = 0;
    int doubtful = 0;
    int largest = 0;
    for (Path file : deep(images)) {
      int of = largest(file);
      if (of >= 0) {
        pictures++;
        doubtful += of < DOUBTFUL ? 1 : 0;
        largest = Math.max(largest, of);
      }
    }
    return new SampleBits(pictures, doubtful, largest);
  }

  /** Bits that the camera fills, by the largest value of the set. */
  public int bits() {
    for (int bits : CAMERAS) {
      if (largest < 1 << bits) {
        return bits;
      }
    }
    return 16;
  }

  /** What to say before the set is sent; nothing when every picture can be read as it is. */
  public Optional<String> notice() {
    if (doubtful == 0) {
      return Optional.empty();
    }
    String values =
        bits() == 16
            ? "%d of the %d 16-bit PNGs have no value above %d, and the largest of the set is %d: they look dark, or come from another camera."
                .formatted(doubtful, pictures, DOUBTFUL - 1, largest)
            : "The largest value of the %d 16-bit PNGs is %d: their camera fills %d bits."
                .formatted(pictures, largest, bits());
    return Optional.of(
        values
            + " relook rejects such pictures (UNKNOWN_BIT_DEPTH) unless its option"
            + " images.significant-bits is "
            + bits()
            + ". Set it, or save the pictures with 8 bits.");
  }

  private static List<Path> deep(List<ImageSource> images) {
    List<Path> files = new ArrayList<>();
    for (ImageSource image : images) {
      if (image.picture() instanceof Content.LocalFile file && isDeepPng(file.path())) {
        files.add(file.path());
      }
    }
    return files;
  }

  private static boolean isDeepPng(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(BITS_AT + 1);
      return head.length > BITS_AT
          && head[1] == 'P'
          && head[2] == 'N'
          && head[3] == 'G'
          && head[BITS_AT] == 16;
    } catch (IOException e) {
      // Whoever reads it to send it says so.
      return false;
    }
  }

  /** The largest value of the colours, without alpha; -1 if the file cannot be read. */
  private static int largest(Path file) {
    Raster raster;
    try {
      var image = ImageIO.read(file.toFile());
      if (image == null || image.getRaster().getTransferType() != DataBuffer.TYPE_USHORT) {
        return -1;
      }
      raster = image.getRaster();
    } catch (IOException | RuntimeException e) {
      // A damaged file: relook rejects it with a sentence of its own.
      return -1;
    }
    int bands = raster.getNumBands();
    int colors = bands < 3 ? 1 : 3;
    int[] row = new int[raster.getWidth() * bands];
    int largest = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, raster.getWidth(), 1, row);
      for (int x = 0; x < row.length; x += bands) {
        for (int band = 0; band < colors; band++) {
          largest = Math.max(largest, row[x + band]);
        }
      }
    }
    return largest;
  }
}

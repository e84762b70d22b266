package io.relook.cluster;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Draws small pictures that all differ: a grained grey surface, with a dark spot as a defect. */
public final class SpotPictures {
  private static final int SIDE = 64;

  private SpotPictures() {}

  /** A PNG of 64 × 64 pixels. */
  public static byte[] png(long number, boolean defect) {
    SplittableRandom random = new SplittableRandom(number);
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    int spotX = 12 + random.nextInt(SIDE - 24);
    int spotY = 12 + random.nextInt(SIDE - 24);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int grey = 140 + random.nextInt(24);
        if (defect && (x - spotX) * (x - spotX) + (y - spotY) * (y - spotY) < 60) {
          grey -= 100;
        }
        image.setRGB(x, y, grey * 0x010101);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

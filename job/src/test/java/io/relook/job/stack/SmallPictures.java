package io.relook.job.stack;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Pictures of 64 × 64 pixels, each unlike the others, for tests of order and not of learning. */
public final class SmallPictures {

  private SmallPictures() {}

  /** The PNG with this number. */
  public static byte[] png(int number) {
    return png(number, 64, 64);
  }

  /** The PNG with this number, of another size. */
  public static byte[] png(int number, int width, int height) {
    SplittableRandom random = new SplittableRandom(number);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int base = 0x606060 + random.nextInt(0x1f1f1f);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, base + random.nextInt(16) * 0x010101);
      }
    }
    return png(image);
  }

  /** The image as a PNG. */
  public static byte[] png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

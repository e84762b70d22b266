package io.relook.job.replay;

import io.relook.job.stack.SmallPictures;
import java.awt.image.BufferedImage;
import java.util.SplittableRandom;

/** Drawn parts, each unlike the others, wider than high, of a few hundred bytes each. */
final class Drawn {
  private static final int WIDTH = 96;
  private static final int HEIGHT = 64;
  private static final int CELLS = 8;
  private static final int GREY = 0x010101;

  private Drawn() {}

  /** A good part. */
  static byte[] good(int number) {
    return good(number, WIDTH, HEIGHT);
  }

  /** A good part on a picture of another size. */
  static byte[] good(int number, int width, int height) {
    return SmallPictures.png(part(new SplittableRandom(number), width, height));
  }

  /** One with a bright line. */
  static byte[] scratch(int number) {
    SplittableRandom random = new SplittableRandom(number);
    BufferedImage image = part(random, WIDTH, HEIGHT);
    int x = 8 + random.nextInt(16);
    int y = 8 + random.nextInt(16);
    for (int i = 0; i < 24 + random.nextInt(16); i++) {
      image.setRGB(x + i, y + i / 2, 0xe0e0e0);
      image.setRGB(x + i, y + i / 2 + 1, 0xd0d0d0);
    }
    return SmallPictures.png(image);
  }

  /** One with a dark disc. */
  static byte[] dent(int number) {
    SplittableRandom random = new SplittableRandom(number);
    BufferedImage image = part(random, WIDTH, HEIGHT);
    int radius = 5 + random.nextInt(5);
    int x = 16 + random.nextInt(32);
    int y = 16 + random.nextInt(32);
    for (int dy = -radius; dy <= radius; dy++) {
      for (int dx = -radius; dx <= radius; dx++) {
        if (dx * dx + dy * dy <= radius * radius) {
          image.setRGB(x + dx, y + dy, 0x202020);
        }
      }
    }
    return SmallPictures.png(image);
  }

  /** A mask with a red square. */
  static byte[] mask() {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int y = 20; y < 40; y++) {
      for (int x = 20; x < 40; x++) {
        image.setRGB(x, y, 0xff0000);
      }
    }
    return SmallPictures.png(image);
  }

  private static BufferedImage part(SplittableRandom random, int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int base = 0x606060 + random.nextInt(16) * GREY;
    int[] tones = new int[CELLS * CELLS];
    for (int i = 0; i < tones.length; i++) {
      tones[i] = base + random.nextInt(24) * GREY;
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, tones[y * CELLS / height * CELLS + x * CELLS / width]);
      }
    }
    return image;
  }
}

package io.relook.learning;

import io.relook.learning.picture.Picture;
import java.util.Arrays;
import java.util.Random;

/** Synthetic pictures of a textured part, for tests without real ones. */
public final class Pictures {

  private Pictures() {}

  /** A good part: a bright disc on a dark ground, with noise that depends on the seed. */
  public static Picture part(int width, int height, long seed) {
    Random random = new Random(seed);
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double dx = (x - width / 2.0) / width;
        double dy = (y - height / 2.0) / height;
        double light = dx * dx + dy * dy < 0.12 ? 170 + 30 * Math.sin(x / 3.0) : 60;
        for (int c = 0; c < 3; c++) {
          rgb[3 * (y * width + x) + c] =
              (byte) Math.max(0, Math.min(255, light + 8 * random.nextGaussian() - 10 * c));
        }
      }
    }
    return new Picture(width, height, rgb);
  }

  /** The same part with a dark scratch across it. */
  public static Picture scratched(int width, int height, long seed) {
    Picture part = part(width, height, seed);
    byte[] rgb = part.rgb();
    int from = (int) (seed % 5) * width / 20 + width / 4;
    for (int i = 0; i < width / 3; i++) {
      for (int thick = 0; thick < 4; thick++) {
        int x = from + i;
        int y = height / 3 + i / 2 + thick;
        for (int c = 0; c < 3; c++) {
          rgb[3 * (y * width + x) + c] = 10;
        }
      }
    }
    return part;
  }

  public static Picture uniform(int width, int height, int value) {
    byte[] rgb = new byte[3 * width * height];
    Arrays.fill(rgb, (byte) value);
    return new Picture(width, height, rgb);
  }
}

package io.relook.bench.load;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** PNGs of 64 × 64 pixels with a few hundred bytes each; all differ. */
final class TinyPictures {
  private static final int SIDE = 64;

  private TinyPictures() {}

  /** The picture with this number, which its first pixels encode in two grey tones. */
  static byte[] png(long number) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (64 + i / SIDE);
    }
    for (int bit = 0; bit < Long.SIZE; bit++) {
      pixels[bit] = (byte) ((number >>> bit & 1) == 1 ? 200 : 40);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

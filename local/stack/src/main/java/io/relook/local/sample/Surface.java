package io.relook.local.sample;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The surface of a part, pixel by pixel: its height, the covered share of the pixel, and the
 * difference of its color from clean steel; and where a defect changed any of these. Rows from the
 * top, y points down.
 */
final class Surface {

  final int width;
  final int height;

  /** Height in pixels; light follows its slope. */
  final float[] relief;

  /** 0 = mat, 1 = part. */
  final float[] cover;

  /** Factors on red, green and blue. */
  final float[][] tint;

  /** 1 = as machined with its shining marks, 0 = dull. */
  final float[] polish;

  /** 255 where the defect is. */
  final byte[] mask;

  Surface(int width, int height) {
    this.width = width;
    this.height = height;
    int pixels = width * height;
    relief = new float[pixels];
    cover = new float[pixels];
    tint = new float[3][pixels];
    polish = new float[pixels];
    mask = new byte[pixels];
    for (float[] channel : tint) {
      Arrays.fill(channel, 1);
    }
    Arrays.fill(polish, 1);
  }

  /** The share of each pixel that the drawing covers, 0 to 1, with smooth edges. */
  float[] drawn(Consumer<Graphics2D> drawing) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.setColor(Color.WHITE);
      drawing.accept(graphics);
    } finally {
      graphics.dispose();
    }
    byte[] bytes = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    float[] covered = new float[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      covered[i] = (bytes[i] & 0xff) / 255f;
    }
    return covered;
  }

  /** Marks the pixels of the part of which the drawing covers more than a third. */
  void mark(float[] drawn) {
    for (int i = 0; i < drawn.length; i++) {
      if (drawn[i] > 1 / 3f && cover[i] > 0.5f) {
        mask[i] = (byte) 255;
      }
    }
  }
}

package io.relook.learning.report;

import io.relook.learning.picture.Picture;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Encodes pictures as JPEG files. Equal pictures give equal bytes. */
public final class Jpeg {

  private Jpeg() {}

  /**
   * The file of a picture, which is shrunk if it is larger.
   *
   * @param longestSide pixels
   * @param quality 0 to 1
   */
  public static byte[] encode(Picture picture, int longestSide, float quality) {
    BufferedImage image = shrunk(image(picture), longestSide);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(quality);
      try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
        writer.setOutput(out);
        writer.write(null, new IIOImage(image, null, null), param);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("A picture could not be written to memory.", e);
    } finally {
      writer.dispose();
    }
  }

  private static BufferedImage image(Picture picture) {
    BufferedImage image =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = picture.rgb();
    int[] row = new int[picture.width()];
    for (int y = 0, i = 0; y < picture.height(); y++) {
      for (int x = 0; x < row.length; x++, i += 3) {
        row[x] = (rgb[i] & 0xff) << 16 | (rgb[i + 1] & 0xff) << 8 | (rgb[i + 2] & 0xff);
      }
      image.setRGB(0, y, row.length, 1, row, 0, row.length);
    }
    return image;
  }

  /** Halves the picture until the last step, so that thin scratches are averaged, not skipped. */
  private static BufferedImage shrunk(BufferedImage image, int longestSide) {
    BufferedImage current = image;
    int longer = Math.max(current.getWidth(), current.getHeight());
    while (longer > longestSide) {
      int next = Math.max(longestSide, longer / 2);
      double scale = (double) next / longer;
      current =
          scaled(
              current,
              Math.max(1, (int) Math.round(current.getWidth() * scale)),
              Math.max(1, (int) Math.round(current.getHeight() * scale)));
      longer = next;
    }
    return current;
  }

  private static BufferedImage scaled(BufferedImage image, int width, int height) {
    BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.drawImage(image, 0, 0, width, height, null);
    } finally {
      graphics.dispose();
    }
    return scaled;
  }
}

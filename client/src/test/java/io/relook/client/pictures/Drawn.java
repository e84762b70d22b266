package io.relook.client.pictures;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Files for tests, drawn small: each picture differs from every other by its number. */
public final class Drawn {
  private static final int SIDE = 8;

  /** One pixel, lossless. */
  private static final String WEBP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==";

  private Drawn() {}

  /** A picture in the format of its ending; masks and other files by their words. */
  public static byte[] file(String name, int number) {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (ending) {
      case "jpg", "jpeg", "jpe", "jfif" -> jpeg(number);
      case "png" -> png(number);
      case "bmp", "dib" -> encoded(picture(number), "bmp");
      case "tif", "tiff" -> encoded(picture(number), "tiff");
      case "webp" -> webp();
      case "gif" -> encoded(picture(number), "gif");
      case "heic", "heif" -> bytes("\0\0\0\u0018ftypheic\0\0\0\0mif1heic" + number);
      case "avif" -> bytes("\0\0\0\u0018ftypavif\0\0\0\0mif1avif" + number);
      case "jp2" -> bytes("\0\0\0\u000CjP  \r\n\u0087\n" + number);
      case "jxl" -> bytes("\u00FF\n" + number);
      case "psd" -> bytes("8BPS\0\u0001" + number);
      case "exr" -> bytes("\u0076\u002F\u0031\u0001" + number);
      case "dng", "nef", "cr2" -> bytes("II*\0\b\0\0\0" + number);
      default -> bytes(name + number);
    };
  }

  public static byte[] jpeg(int number) {
    return encoded(picture(number), "jpg");
  }

  public static byte[] png(int number) {
    return encoded(picture(number), "png");
  }

  public static byte[] webp() {
    return Base64.getDecoder().decode(WEBP);
  }

  /** White where the defect is. */
  public static byte[] mask() {
    return mask(0xFFFFFF);
  }

  /** Black, but for one corner. */
  public static byte[] mask(int rgb) {
    BufferedImage mask = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    mask.setRGB(1, 1, rgb);
    return encoded(mask, "png");
  }

  /** Black and white with the noise of JPEG. */
  public static byte[] jpegMask() {
    BufferedImage mask = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = mask.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillOval(20, 20, 25, 25);
    graphics.dispose();
    return encoded(mask, "jpg");
  }

  public static byte[] blankMask() {
    return mask(0);
  }

  public static byte[] cutOff(byte[] file) {
    return Arrays.copyOf(file, file.length - 20);
  }

  static BufferedImage picture(int number) {
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(new Color(0x406080 + number * 0x010203 & 0xFFFFFF));
    graphics.fillRect(0, 0, SIDE, SIDE);
    graphics.setColor(new Color(0xC0A020));
    graphics.fillRect(1, 2, 3, 4);
    graphics.setColor(new Color(number * 7919 + 0x10F0 & 0xFFFFFF));
    graphics.fillRect(5, 5, 2, 2);
    graphics.dispose();
    return picture;
  }

  static byte[] encoded(BufferedImage picture, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(picture, format, output)) {
        throw new IllegalArgumentException("No writer of " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Writes files. A name in a folder of masks, or with {@code _mask}, gets a mask.
   *
   * @param names paths below the folder
   */
  public static Path put(Path folder, String... names) {
    int number = 0;
    for (String name : names) {
      boolean mask =
          name.matches("(?i)(.*/)?(ground.?truth|masks?|labels?|gt)/.*\\.png|.*_mask\\.png");
      write(folder.resolve(name), mask ? mask() : file(name, ++number));
    }
    return folder;
  }

  public static Path write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.getParent());
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}

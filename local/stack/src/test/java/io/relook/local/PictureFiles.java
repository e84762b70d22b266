package io.relook.local;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** One coloured picture in every kind of file that cameras and programs write. */
final class PictureFiles {
  private static final int SIDE = SmallModel.SIDE;

  /** Not one of the pictures that a model learns from. */
  private static final int SHOWN = 1000;

  private PictureFiles() {}

  /** Writes all kinds that hold 8 bits, or 16 of 16. */
  static List<Path> write(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    BufferedImage rgb = colored();
    files.add(write(folder, "rgb-8.png", encoded(rgb, "png")));
    files.add(write(folder, "interlaced.png", progressive(rgb, "png", 1f)));
    for (boolean grey : new boolean[] {true, false}) {
      for (boolean alpha : new boolean[] {true, false}) {
        for (boolean deep : new boolean[] {true, false}) {
          String name =
              (grey ? "grey" : "color") + (alpha ? "-alpha" : "") + (deep ? "-16" : "-8") + ".png";
          files.add(
              write(
                  folder,
                  name,
                  encoded(samples(grey, alpha, deep, v -> deep ? v * 257 : v), "png")));
        }
      }
    }
    for (int bits : new int[] {1, 2, 4, 8}) {
      files.add(write(folder, "palette-" + bits + ".png", encoded(palette(bits, false), "png")));
    }
    files.add(write(folder, "palette-transparent.png", encoded(palette(8, true), "png")));
    for (int bits : new int[] {1, 2, 4}) {
      files.add(write(folder, "grey-" + bits + ".png", encoded(greys(bits), "png")));
    }
    files.add(write(folder, "turned.png", withExif(encoded(rgb, "png"), 6)));
    byte[] jpeg = encoded(rgb, "jpeg");
    for (int orientation = 1; orientation <= 8; orientation++) {
      files.add(
          write(folder, "turned-" + orientation + ".jpg", withOrientation(jpeg, orientation)));
    }
    files.add(write(folder, "progressive.jpg", progressive(rgb, "jpeg", 0.9f)));
    files.add(write(folder, "coarse.jpg", progressive(rgb, "jpeg", 0.3f)));
    files.add(write(folder, "grey.jpg", encoded(samples(true, false, false, v -> v), "jpeg")));
    files.add(write(folder, "profile.jpg", withProfile(jpeg)));
    return files;
  }

  /** Grey values of so many bits in samples of 16. */
  static Path camera(Path folder, int bits) throws IOException {
    return write(
        folder,
        "camera-" + bits + ".png",
        encoded(samples(true, false, true, v -> v << (bits - 8) | v >> (16 - bits)), "png"));
  }

  private static BufferedImage colored() {
    return colored(SHOWN);
  }

  /** A slope in each colour, other than in every other picture, and a little noise. */
  static BufferedImage colored(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] slopes = new double[6];
    Arrays.setAll(slopes, i -> random.nextDouble(-1.2, 1.2));
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int pixel = 0;
        for (int band = 0; band < 3; band++) {
          double light =
              128
                  + slopes[2 * band] * (x - SIDE / 2.0)
                  + slopes[2 * band + 1] * (y - SIDE / 2.0)
                  + random.nextInt(8);
          pixel = pixel << 8 | (int) Math.max(0, Math.min(255, light));
        }
        image.setRGB(x, y, pixel);
      }
    }
    return image;
  }

  private static BufferedImage samples(
      boolean grey, boolean alpha, boolean deep, IntUnaryOperator stored) {
    var model =
        new ComponentColorModel(
            ColorSpace.getInstance(grey ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB),
            alpha,
            false,
            alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            deep ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE);
    WritableRaster raster = model.createCompatibleWritableRaster(SIDE, SIDE);
    BufferedImage from = colored();
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int pixel = from.getRGB(x, y);
        for (int band = 0; band < raster.getNumBands(); band++) {
          boolean opacity = alpha && band == raster.getNumBands() - 1;
          int value = opacity ? 4 * x : pixel >> (16 - 8 * band) & 0xFF;
          raster.setSample(x, y, band, stored.applyAsInt(value));
        }
      }
    }
    return new BufferedImage(model, raster, false, null);
  }

  private static BufferedImage palette(int bits, boolean transparent) {
    int colors = 1 << bits;
    byte[][] ramps = new byte[4][colors];
    for (int i = 0; i < colors; i++) {
      ramps[0][i] = (byte) (255 * i / (colors - 1));
      ramps[1][i] = (byte) (200 - 150 * i / (colors - 1));
      ramps[2][i] = (byte) (30 + 100 * i / (colors - 1));
      ramps[3][i] = (byte) i;
    }
    return indexed(
        bits,
        transparent
            ? new IndexColorModel(bits, colors, ramps[0], ramps[1], ramps[2], ramps[3])
            : new IndexColorModel(bits, colors, ramps[0], ramps[1], ramps[2]));
  }

  private static BufferedImage greys(int bits) {
    int colors = 1 << bits;
    byte[] ramp = new byte[colors];
    for (int i = 0; i < colors; i++) {
      ramp[i] = (byte) (255 * i / (colors - 1));
    }
    return indexed(bits, new IndexColorModel(bits, colors, ramp, ramp, ramp));
  }

  private static BufferedImage indexed(int bits, IndexColorModel model) {
    BufferedImage image =
        new BufferedImage(
            SIDE,
            SIDE,
            bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY,
            model);
    BufferedImage from = colored();
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        image.getRaster().setSample(x, y, 0, (from.getRGB(x, y) & 0xFF) >> (8 - bits));
      }
    }
    return image;
  }

  private static Path write(Path folder, String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(image, format, out)) {
      throw new IOException("There is no writer of " + format + " for " + image);
    }
    return out.toByteArray();
  }

  private static byte[] progressive(BufferedImage image, String format, float quality)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ImageWriteParam param = writer.getDefaultWriteParam();
    param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    if (format.equals("jpeg")) {
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(quality);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(
          writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), param),
          new IIOImage(image, null, null),
          param);
    }
    writer.dispose();
    return out.toByteArray();
  }

  /** A TIFF header with nothing but an orientation. */
  private static byte[] exif(int orientation) {
    return ByteBuffer.allocate(26)
        .put(new byte[] {'M', 'M', 0, 42})
        .putInt(8)
        .putShort((short) 1)
        .putShort((short) 0x0112)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) orientation)
        .putShort((short) 0)
        .putInt(0)
        .array();
  }

  private static byte[] withOrientation(byte[] jpeg, int orientation) {
    ByteBuffer segment = ByteBuffer.allocate(6 + 26);
    segment.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put(exif(orientation));
    return withSegment(jpeg, 0xE1, segment.array());
  }

  /** A profile that, applied, would change every pixel. */
  private static byte[] withProfile(byte[] jpeg) {
    byte[] profile =
        ((ICC_ColorSpace) ColorSpace.getInstance(ColorSpace.CS_LINEAR_RGB)).getProfile().getData();
    ByteBuffer segment = ByteBuffer.allocate(14 + profile.length);
    segment.put("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 1);
    return withSegment(jpeg, 0xE2, segment.put(profile).array());
  }

  private static byte[] withSegment(byte[] jpeg, int marker, byte[] content) {
    return ByteBuffer.allocate(jpeg.length + 4 + content.length)
        .put(jpeg, 0, 2)
        .put((byte) 0xFF)
        .put((byte) marker)
        .putShort((short) (2 + content.length))
        .put(content)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  private static byte[] withExif(byte[] png, int orientation) {
    int header = 8 + 4 + 4 + 13 + 4;
    byte[] exif = exif(orientation);
    ByteBuffer chunk = ByteBuffer.allocate(12 + exif.length);
    chunk.putInt(exif.length).put("eXIf".getBytes(StandardCharsets.US_ASCII)).put(exif);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, 4 + exif.length);
    chunk.putInt((int) crc.getValue());
    return ByteBuffer.allocate(png.length + chunk.capacity())
        .put(png, 0, header)
        .put(chunk.array())
        .put(png, header, png.length - header)
        .array();
  }
}

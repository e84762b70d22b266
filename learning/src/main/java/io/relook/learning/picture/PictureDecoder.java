package io.relook.learning.picture;

import io.relook.learning.picture.UnreadablePictureException.Reason;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes JPEG and PNG files to upright RGB. Colour profiles are ignored and alpha is dropped, as
 * the usual Python readers do, so a model gets the same values in training and from other decoders.
 * Of samples with 16 bits the 8 highest {@link SampleDepth significant} ones are kept. Safe for use
 * by several threads.
 */
public final class PictureDecoder {

  /**
   * Scans of a JPEG file, at most. Encoders write about twenty. A decoder visits all blocks for
   * every scan, even for a tiny one, so a file of 8 MB with 4,096² pixels could occupy a thread for
   * most of an hour ("Two Issues with the JPEG Standard", libjpeg-turbo project, 2017, which
   * recommends a limit).
   */
  private static final int MAX_SCANS = 100;

  /** A damaged file can make the reader warn for every block. */
  private static final int MAX_WARNINGS = 10;

  private final PictureLimits limits;

  public PictureDecoder(PictureLimits limits) {
    this.limits = limits;
  }

  /**
   * Format and size of a file as its first bytes state them, without decoding.
   *
   * @throws UnreadablePictureException if it is neither JPEG nor PNG or has no readable header
   */
  public static PictureHeader readHeader(byte[] encoded) throws UnreadablePictureException {
    return PictureHeaders.read(encoded);
  }

  /**
   * The picture, rotated as its EXIF orientation says.
   *
   * @throws UnreadablePictureException if the bytes are not a whole JPEG or PNG file within the
   *     limits
   */
  public Picture decode(byte[] encoded) throws UnreadablePictureException {
    return decodeWithDamage(encoded).picture();
  }

  /**
   * The picture as {@link #decode} gives it, and the damage in its file.
   *
   * @throws UnreadablePictureException as {@link #decode} does
   */
  public DecodedPicture decodeWithDamage(byte[] encoded) throws UnreadablePictureException {
    if (encoded.length > limits.maxBytes()) {
      throw new UnreadablePictureException(
          Reason.PICTURE_FILE_TOO_LARGE,
          "The file has %d bytes, allowed are %d; compress or shrink the picture."
              .formatted(encoded.length, limits.maxBytes()));
    }
    PictureHeader header = readHeader(encoded);
    checkSides(header);
    byte[] plain = encoded;
    if (header.format() == PictureFormat.JPEG) {
      checkJpeg(encoded, header);
      plain = JpegSegments.withoutColorProfile(encoded);
    }
    List<String> warnings = new ArrayList<>();
    BufferedImage image = read(plain, header, warnings);
    List<String> damage =
        header.format() == PictureFormat.JPEG
            ? warnings.stream().distinct().limit(MAX_WARNINGS).toList()
            : List.of();
    if (limits.refuseDamaged() && !damage.isEmpty()) {
      throw new UnreadablePictureException(
          Reason.DAMAGED_PICTURE,
          "The JPEG file is damaged (%s); send the undamaged file, or save the picture again."
              .formatted(damage.get(0)));
    }
    return new DecodedPicture(
        upright(rgb(image, limits.significantBits()), ExifOrientation.of(encoded, header.format())),
        damage);
  }

  private static void checkJpeg(byte[] encoded, PictureHeader header)
      throws UnreadablePictureException {
    if (header.channels() > 3) {
      throw new UnreadablePictureException(
          Reason.UNSUPPORTED_COLOR, "The JPEG file is in CMYK colours; convert it to RGB or grey.");
    }
    int scans = JpegSegments.scans(encoded);
    if (scans > MAX_SCANS) {
      throw new UnreadablePictureException(
          Reason.CORRUPT_PICTURE,
          "The JPEG file draws its picture in %d scans, allowed are %d; save the picture again."
              .formatted(scans, MAX_SCANS));
    }
  }

  private void checkSides(PictureHeader header) throws UnreadablePictureException {
    int longer = Math.max(header.width(), header.height());
    int shorter = Math.min(header.width(), header.height());
    if (longer > limits.maxSide()) {
      throw new UnreadablePictureException(
          Reason.PICTURE_TOO_LARGE,
          "The picture has %d x %d pixels, allowed are %d a side; shrink or crop it."
              .formatted(header.width(), header.height(), limits.maxSide()));
    }
    if (shorter < limits.minSide()) {
      throw new UnreadablePictureException(
          Reason.PICTURE_TOO_SMALL,
          "The picture has %d x %d pixels, needed are %d a side; take it at a higher resolution."
              .formatted(header.width(), header.height(), limits.minSide()));
    }
  }

  private static BufferedImage read(byte[] encoded, PictureHeader header, List<String> warnings)
      throws UnreadablePictureException {
    // The format's name selects the reader, so that no reader of another format is tried.
    ImageReader reader =
        ImageIO.getImageReadersByFormatName(header.format().name().toLowerCase(Locale.ROOT)).next();
    reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    try (var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
      reader.setInput(stream, true, true);
      if (reader.getWidth(0) != header.width() || reader.getHeight(0) != header.height()) {
        throw new UnreadablePictureException(
            Reason.CORRUPT_PICTURE, "The file names two different sizes; save the picture again.");
      }
      BufferedImage image = reader.read(0);
      // The JPEG reader fills missing parts with grey and only warns.
      if (warnings.stream().anyMatch(PictureDecoder::saysTruncated)) {
        throw PictureHeaders.truncated();
      }
      return image;
    } catch (IOException | RuntimeException e) {
      // On damaged bytes the readers throw all kinds of runtime exceptions; all mean the same.
      if (endsEarly(e) || saysTruncated(String.valueOf(e.getMessage()))) {
        throw PictureHeaders.truncated();
      }
      throw new UnreadablePictureException(
          Reason.CORRUPT_PICTURE,
          "The %s file cannot be decoded; save the picture again.".formatted(header.format()),
          e);
    } finally {
      reader.dispose();
    }
  }

  private static boolean saysTruncated(String warning) {
    String lower = warning.toLowerCase(Locale.ROOT);
    return lower.contains("premature end") || lower.contains("truncated");
  }

  private static boolean endsEarly(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof EOFException) {
        return true;
      }
    }
    return false;
  }

  private static Picture rgb(BufferedImage image, int significantBits)
      throws UnreadablePictureException {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] rgb = new byte[3 * width * height];
    Raster raster = image.getRaster();
    if (image.getType() == BufferedImage.TYPE_3BYTE_BGR) {
      byte[] bgr = ((DataBufferByte) raster.getDataBuffer()).getData();
      if (bgr.length == rgb.length) {
        for (int i = 0; i < rgb.length; i += 3) {
          rgb[i] = bgr[i + 2];
          rgb[i + 1] = bgr[i + 1];
          rgb[i + 2] = bgr[i];
        }
        return new Picture(width, height, rgb);
      }
    }
    if (image.getColorModel() instanceof IndexColorModel) {
      int[] row = new int[width];
      for (int y = 0, i = 0; y < height; y++) {
        image.getRGB(0, y, width, 1, row, 0, width);
        for (int pixel : row) {
          rgb[i++] = (byte) (pixel >> 16);
          rgb[i++] = (byte) (pixel >> 8);
          rgb[i++] = (byte) pixel;
        }
      }
      return new Picture(width, height, rgb);
    }
    // Raw samples, because getRGB treats grey as linear light and brightens it.
    int bands = raster.getNumBands();
    boolean grey = bands < 3;
    int shift =
        raster.getTransferType() == DataBuffer.TYPE_USHORT
            ? SampleDepth.shift(significantBits, largest(raster, grey ? 1 : 3))
            : 0;
    int[] row = new int[width * bands];
    for (int y = 0, i = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < row.length; x += bands) {
        rgb[i++] = (byte) (row[x] >> shift);
        rgb[i++] = (byte) (row[grey ? x : x + 1] >> shift);
        rgb[i++] = (byte) (row[grey ? x : x + 2] >> shift);
      }
    }
    return new Picture(width, height, rgb);
  }

  /** The largest value of the colours, without alpha. */
  private static int largest(Raster raster, int colors) {
    int bands = raster.getNumBands();
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

  private static Picture upright(Picture stored, int orientation) {
    if (orientation == ExifOrientation.UPRIGHT) {
      return stored;
    }
    int w = stored.width();
    int h = stored.height();
    boolean sideways = orientation >= 5;
    int width = sideways ? h : w;
    int height = sideways ? w : h;
    byte[] from = stored.rgb();
    byte[] to = new byte[from.length];
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++, i += 3) {
        int sx = sideways ? y : x;
        int sy = sideways ? x : y;
        boolean mirrorX =
            orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean mirrorY =
            orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        int j = 3 * ((mirrorY ? h - 1 - sy : sy) * w + (mirrorX ? w - 1 - sx : sx));
        to[i] = from[j];
        to[i + 1] = from[j + 1];
        to[i + 2] = from[j + 2];
      }
    }
    return new Picture(width, height, to);
  }
}

package io.relook.client.pictures;

import com.twelvemonkeys.imageio.plugins.bmp.BMPImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Makes PNG of BMP, TIFF and WebP without loss: every sample of the PNG is compared with what the
 * reader gave. What PNG cannot say is done to the samples: a TIFF that is stored sideways is turned
 * upright, and values of 9 to 15 bits fill the 16 bits of PNG.
 */
final class PictureConversion {

  /** Tags of TIFF 6.0: NewSubfileType, BitsPerSample, PhotometricInterpretation, Orientation. */
  private static final int SUBFILE_TYPE = 254;

  private static final int BITS = 258;
  private static final int PHOTOMETRIC = 262;
  private static final int ORIENTATION = 274;

  /** White is zero, black is zero, RGB, palette, YCbCr (TIFF 6.0, tag 262). */
  private static final int[] COLOURS_OF_PNG = {0, 1, 2, 3, 6};

  private PictureConversion() {}

  /** Result of a conversion. */
  sealed interface Result {
    /** The same picture as PNG. */
    record Converted(byte[] png) implements Result {}

    /**
     * It cannot be PNG without loss.
     *
     * @param predicate of a sentence about the file
     */
    record Refused(String predicate) implements Result {}
  }

  /** Converts a file of a kind that is {@link FileKind.Use#CONVERTED}. */
  static Result toPng(FileKind kind, Path file) {
    try {
      ImageReader reader = spi(kind).createReaderInstance();
      try (ImageInputStream input = new ByteArrayImageInputStream(Files.readAllBytes(file))) {
        reader.setInput(input);
        return convert(reader, kind);
      } finally {
        reader.dispose();
      }
    } catch (Refusal e) {
      return new Result.Refused(e.predicate);
    } catch (IOException | RuntimeException e) {
      // On damaged bytes readers throw all kinds of runtime exceptions; all mean the same.
      return new Result.Refused("cannot be decoded: save it again");
    }
  }

  private static ImageReaderSpi spi(FileKind kind) {
    return switch (kind) {
      case BMP -> new BMPImageReaderSpi();
      case TIFF -> new TIFFImageReaderSpi();
      case WEBP -> new WebPImageReaderSpi();
      default -> throw new IllegalArgumentException("No conversion of " + kind);
    };
  }

  private static Result convert(ImageReader reader, FileKind kind) throws IOException, Refusal {
    int pictures = pictures(reader, kind);
    if (pictures > 1) {
      throw new Refusal("holds %d pictures: save each in a file of its own".formatted(pictures));
    }
    int orientation = 1;
    int bits = Short.SIZE;
    if (kind == FileKind.TIFF) {
      IIOMetadata metadata = reader.getImageMetadata(0);
      int colours = field(metadata, PHOTOMETRIC).orElse(1);
      if (Arrays.stream(COLOURS_OF_PNG).noneMatch(known -> known == colours)) {
        throw new Refusal("has colours that PNG does not have: save it as RGB or grey");
      }
      orientation = field(metadata, ORIENTATION).orElse(1);
      bits = field(metadata, BITS).orElse(bits);
    }
    BufferedImage image = reader.read(0);
    check(image);
    if (bits > Byte.SIZE && bits < Short.SIZE) {
      stretch(image.getRaster(), bits);
    }
    BufferedImage upright = upright(image, orientation);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(upright, "png", output)) {
        throw new Refusal("has values that PNG does not hold: save it with 8 or 16 bits");
      }
    }
    byte[] png = bytes.toByteArray();
    if (!same(upright, ImageIO.read(new ByteArrayImageInputStream(png)))) {
      throw new Refusal("would change as PNG: save it as RGB or grey with 8 or 16 bits");
    }
    return new Result.Converted(png);
  }

  /**
   * Makes 65,535 of the largest value, as the PNG specification asks for other depths (12.4); each
   * value can be computed back.
   */
  private static void stretch(WritableRaster raster, int bits) {
    int largest = (1 << bits) - 1;
    int[] row = new int[raster.getWidth() * raster.getNumBands()];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, raster.getWidth(), 1, row);
      for (int i = 0; i < row.length; i++) {
        row[i] = (row[i] * 0xFFFF + largest / 2) / largest;
      }
      raster.setPixels(0, y, raster.getWidth(), 1, row);
    }
  }

  private static void check(BufferedImage image) throws Refusal {
    int type = image.getSampleModel().getDataType();
    if (type != DataBuffer.TYPE_BYTE && type != DataBuffer.TYPE_USHORT) {
      if (type == DataBuffer.TYPE_INT && image.getType() != BufferedImage.TYPE_CUSTOM) {
        return; // RGB packed into integers
      }
      throw new Refusal(
          "has 32-bit or fractional values, which PNG does not hold: scale them to 16 bits");
    }
    if (image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK) {
      throw new Refusal("has CMYK colours, which PNG does not have: save it as RGB");
    }
  }

  /** How many pictures the file holds, without smaller copies of the first. */
  private static int pictures(ImageReader reader, FileKind kind) throws IOException {
    int all = reader.getNumImages(true);
    if (kind != FileKind.TIFF) {
      return all;
    }
    int pictures = 1;
    for (int i = 1; i < all; i++) {
      // Bit 0: a reduced copy; bit 2: a transparency mask.
      pictures += (field(reader.getImageMetadata(i), SUBFILE_TYPE).orElse(0) & 5) == 0 ? 1 : 0;
    }
    return pictures;
  }

  /** The number in a field of a TIFF directory. */
  private static OptionalInt field(IIOMetadata metadata, int tag) {
    Node root = metadata.getAsTree(metadata.getNativeMetadataFormatName());
    NodeList fields = ((Element) root).getElementsByTagName("TIFFField");
    for (int i = 0; i < fields.getLength(); i++) {
      Element field = (Element) fields.item(i);
      if (field.getAttribute("number").equals(Integer.toString(tag))) {
        for (String type : new String[] {"TIFFShort", "TIFFLong"}) {
          NodeList values = field.getElementsByTagName(type);
          if (values.getLength() > 0) {
            return OptionalInt.of(
                Integer.parseInt(((Element) values.item(0)).getAttribute("value")));
          }
        }
      }
    }
    return OptionalInt.empty();
  }

  /** The picture as a person sees it (TIFF 6.0 and Exif, tag 274: 1 to 8). */
  private static BufferedImage upright(BufferedImage stored, int orientation) {
    if (orientation <= 1 || orientation > 8) {
      return stored;
    }
    int w = stored.getWidth();
    int h = stored.getHeight();
    boolean sideways = orientation >= 5;
    WritableRaster turned =
        stored.getRaster().createCompatibleWritableRaster(sideways ? h : w, sideways ? w : h);
    boolean mirrorX = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean mirrorY = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    int[] pixel = new int[stored.getRaster().getNumBands()];
    for (int y = 0; y < turned.getHeight(); y++) {
      for (int x = 0; x < turned.getWidth(); x++) {
        int sx = sideways ? y : x;
        int sy = sideways ? x : y;
        stored.getRaster().getPixel(mirrorX ? w - 1 - sx : sx, mirrorY ? h - 1 - sy : sy, pixel);
        turned.setPixel(x, y, pixel);
      }
    }
    return new BufferedImage(stored.getColorModel(), turned, stored.isAlphaPremultiplied(), null);
  }

  private static boolean same(BufferedImage one, BufferedImage other) {
    int width = one.getWidth();
    int height = one.getHeight();
    if (other.getWidth() != width || other.getHeight() != height) {
      return false;
    }
    boolean byColour =
        one.getColorModel() instanceof IndexColorModel
            || other.getColorModel() instanceof IndexColorModel;
    int bands = one.getRaster().getNumBands();
    if (!byColour && other.getRaster().getNumBands() != bands) {
      return false;
    }
    int[] left = new int[width * Math.max(bands, 1)];
    int[] right = new int[left.length];
    for (int y = 0; y < height; y++) {
      if (byColour) {
        colours(one, y, left);
        colours(other, y, right);
      } else {
        one.getRaster().getPixels(0, y, width, 1, left);
        other.getRaster().getPixels(0, y, width, 1, right);
      }
      if (!Arrays.equals(left, right)) {
        return false;
      }
    }
    return true;
  }

  /** A row as RGB. A grey of 100 is 100, 100, 100, which getRGB would brighten. */
  private static void colours(BufferedImage image, int y, int[] row) {
    boolean grey =
        !(image.getColorModel() instanceof IndexColorModel)
            && image.getRaster().getNumBands() == 1
            && image.getSampleModel().getDataType() == DataBuffer.TYPE_BYTE;
    for (int x = 0; x < image.getWidth(); x++) {
      row[x] =
          grey ? 0xFF000000 | image.getRaster().getSample(x, y, 0) * 0x010101 : image.getRGB(x, y);
    }
  }

  /** Why there is no conversion. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final String predicate;

    Refusal(String predicate) {
      super(predicate);
      this.predicate = predicate;
    }
  }
}

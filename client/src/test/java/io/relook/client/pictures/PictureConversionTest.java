package io.relook.client.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.client.pictures.PictureConversion.Result;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class PictureConversionTest {
  private static final int W = 9;
  private static final int H = 5;

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "none, TYPE_BYTE_GRAY",
    "LZW, TYPE_BYTE_GRAY",
    "Deflate, TYPE_3BYTE_BGR",
    "PackBits, TYPE_3BYTE_BGR",
    "LZW, TYPE_USHORT_GRAY",
    "none, TYPE_USHORT_GRAY",
    "ZLib, TYPE_INT_RGB",
    "none, TYPE_BYTE_BINARY",
    "LZW, TYPE_BYTE_INDEXED",
    "none, TYPE_4BYTE_ABGR"
  })
  void aTiffKeepsEverySample(String compression, String type) throws Exception {
    BufferedImage picture = noise(BufferedImage.class.getField(type).getInt(null));
    assertSame(picture, png(FileKind.TIFF, tiff(compression, picture)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TYPE_BYTE_GRAY",
        "TYPE_3BYTE_BGR",
        "TYPE_INT_RGB",
        "TYPE_BYTE_BINARY",
        "TYPE_BYTE_INDEXED"
      })
  void aBmpKeepsEverySample(String type) throws Exception {
    BufferedImage picture = noise(BufferedImage.class.getField(type).getInt(null));
    assertSame(picture, png(FileKind.BMP, Drawn.encoded(picture, "bmp")));
  }

  @Test
  void aWebpBecomesPng() throws IOException {
    assertThat(png(FileKind.WEBP, Drawn.webp()).getWidth()).isEqualTo(1);
  }

  /** What a line camera writes: 12 bits in 16, which stay as they are. */
  @Test
  void valuesAreNotScaled() throws IOException {
    byte[] samples = new byte[2 * W * H];
    ByteBuffer buffer = ByteBuffer.wrap(samples).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < W * H; i++) {
      buffer.putShort((short) (i * 91));
    }
    BufferedImage png = png(FileKind.TIFF, new Tiff().with(258, 16).bytes(samples));
    assertThat(png.getRaster().getSample(0, 0, 0)).isZero();
    assertThat(png.getRaster().getSample(W - 1, H - 1, 0)).isEqualTo((W * H - 1) * 91);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 12, 14})
  void aDepthThatTheFileStatesFillsThePng(int bits) throws IOException {
    byte[] samples = new byte[(W * bits + 7) / 8 * H];
    Arrays.fill(samples, 0, (bits + 7) / 8, (byte) 0xFF);
    BufferedImage png = png(FileKind.TIFF, new Tiff().with(258, bits).bytes(samples));
    assertThat(png.getRaster().getSample(0, 0, 0)).isEqualTo(0xFFFF);
    assertThat(png.getRaster().getSample(W - 1, 0, 0)).isZero();
  }

  @Test
  void whiteIsZeroLooksAsItShould() throws IOException {
    byte[] samples = new byte[W * H];
    samples[0] = (byte) 255;
    BufferedImage png = png(FileKind.TIFF, new Tiff().with(262, 0).bytes(samples));
    assertThat(png.getRGB(0, 0) & 0xFFFFFF).isZero();
    assertThat(png.getRGB(1, 0) & 0xFFFFFF).isEqualTo(0xFFFFFF);
  }

  /** Where the corner of the stored picture stands in the one that a person sees. */
  @ParameterizedTest
  @CsvSource({
    "1, 0, 0", "2, 8, 0", "3, 8, 4", "4, 0, 4", "5, 0, 0", "6, 4, 0", "7, 4, 8", "8, 0, 8"
  })
  void aTiffThatIsStoredSidewaysIsTurned(int orientation, int x, int y) throws IOException {
    byte[] samples = new byte[W * H];
    samples[0] = (byte) 200;
    BufferedImage png = png(FileKind.TIFF, new Tiff().with(274, orientation).bytes(samples));
    assertThat(png.getWidth()).isEqualTo(orientation < 5 ? W : H);
    assertThat(png.getRaster().getSample(x, y, 0)).isEqualTo(200);
  }

  @Test
  void smallerCopiesInTheFileAreNoFurtherPictures() throws IOException {
    assertThat(convert(FileKind.TIFF, pages(2)))
        .isEqualTo(new Result.Refused("holds 2 pictures: save each in a file of its own"));
    assertThat(convert(FileKind.TIFF, pages(5)))
        .isEqualTo(new Result.Refused("holds 5 pictures: save each in a file of its own"));
  }

  @Test
  void whatPngCannotHoldIsRefused() throws IOException {
    byte[] samples = new byte[4 * W * H];
    assertThat(convert(FileKind.TIFF, new Tiff().with(258, 32).with(339, 3).bytes(samples)))
        .isEqualTo(
            new Result.Refused(
                "has 32-bit or fractional values, which PNG does not hold: scale them to 16 bits"));
    assertThat(convert(FileKind.TIFF, new Tiff().with(258, 32).bytes(samples)))
        .isInstanceOf(Result.Refused.class);
    assertThat(convert(FileKind.TIFF, new Tiff().with(262, 5).bytes(samples)))
        .isEqualTo(
            new Result.Refused("has colours that PNG does not have: save it as RGB or grey"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"BMP", "TIFF", "WEBP"})
  void damagedFilesAreRefused(FileKind kind) throws IOException {
    byte[] file = Drawn.file("1." + kind.endings().get(0), 1);
    for (int length : new int[] {0, 4, 10, file.length / 2, file.length - 8}) {
      assertThat(convert(kind, Arrays.copyOf(file, length)))
          .as("%s of %s bytes", length, file.length)
          .isInstanceOf(Result.Refused.class);
    }
  }

  @Test
  void aFolderIsCopiedWithPngInPlaceOfTheRest() throws IOException {
    Path photos =
        Drawn.put(
            directory.resolve("photos"),
            "good/1.bmp",
            "good/2.TIF",
            "good/3.webp",
            "cut/4.jpg",
            "list.txt",
            ".hidden",
            "cut/5.heic");
    Drawn.write(photos.resolve("cut/6.tif"), new Tiff().with(262, 5).bytes(new byte[4 * W * H]));
    Path to = directory.resolve("png");
    FolderConversion.Outcome outcome = FolderConversion.copy(photos, to);
    assertThat(outcome.converted()).isEqualTo(3);
    assertThat(outcome.copied()).isEqualTo(3);
    assertThat(outcome.hidden()).isEqualTo(1);
    assertThat(LeftOutText.lines(outcome.refused()))
        .containsExactly(
            "1 picture in the format TIFF that cannot be PNG: cut/6.tif has colours that PNG does not have: save it as RGB or grey.");
    assertThat(to.resolve("good/2.png")).exists();
    assertThat(photos.resolve("good/2.TIF")).exists();
    ImageFolder read = ImageFolder.read(to);
    assertThat(read.images()).hasSize(4);
    assertThat(read.losses()).hasSize(1); // HEIC
  }

  private BufferedImage png(FileKind kind, byte[] file) throws IOException {
    Result result = convert(kind, file);
    assertThat(result).isInstanceOf(Result.Converted.class);
    return ImageIO.read(new ByteArrayInputStream(((Result.Converted) result).png()));
  }

  private Result convert(FileKind kind, byte[] file) throws IOException {
    Path path = Files.createTempFile(directory, "picture", "");
    Files.write(path, file);
    return PictureConversion.toPng(kind, path);
  }

  private static void assertSame(BufferedImage expected, BufferedImage actual) {
    assertThat(actual.getWidth()).isEqualTo(expected.getWidth());
    boolean colours =
        expected.getColorModel() instanceof IndexColorModel
            || actual.getColorModel() instanceof IndexColorModel;
    for (int y = 0; y < expected.getHeight(); y++) {
      for (int x = 0; x < expected.getWidth(); x++) {
        if (colours
            && actual.getRaster().getNumBands() == 1
            && !(actual.getColorModel() instanceof IndexColorModel)) {
          // Grey with a palette became grey without one.
          assertThat(actual.getRaster().getSample(x, y, 0)).isEqualTo(expected.getRGB(x, y) & 0xFF);
        } else if (colours) {
          assertThat(actual.getRGB(x, y)).isEqualTo(expected.getRGB(x, y));
        } else {
          Raster raster = actual.getRaster();
          assertThat(raster.getPixel(x, y, (int[]) null))
              .isEqualTo(expected.getRaster().getPixel(x, y, (int[]) null));
        }
      }
    }
  }

  private static BufferedImage noise(int type) {
    BufferedImage picture = new BufferedImage(W, H, type);
    Random random = new Random(type);
    for (int y = 0; y < H; y++) {
      for (int x = 0; x < W; x++) {
        if (picture.getColorModel() instanceof IndexColorModel) {
          picture.setRGB(x, y, random.nextInt());
        } else {
          for (int band = 0; band < picture.getRaster().getNumBands(); band++) {
            picture
                .getRaster()
                .setSample(
                    x,
                    y,
                    band,
                    random.nextInt(1 << 16)
                        & 0xFFFF >> (type == BufferedImage.TYPE_USHORT_GRAY ? 0 : 8));
          }
        }
      }
    }
    return picture;
  }

  private static byte[] tiff(String compression, BufferedImage... pages) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    if (!compression.equals("none")) {
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionType(compression);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      if (pages.length == 1) {
        writer.write(null, new IIOImage(pages[0], null, null), parameters);
      } else {
        writer.prepareWriteSequence(null);
        for (BufferedImage page : pages) {
          writer.writeToSequence(new IIOImage(page, null, null), parameters);
        }
        writer.endWriteSequence();
      }
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static byte[] pages(int number) throws IOException {
    BufferedImage[] pages = new BufferedImage[number];
    Arrays.fill(pages, noise(BufferedImage.TYPE_BYTE_GRAY));
    return tiff("none", pages);
  }

  /** A grey TIFF of 8 bits without compression, whose fields a test changes. */
  private static final class Tiff {
    private final TreeMap<Integer, Integer> fields = new TreeMap<>();

    Tiff() {
      with(256, W).with(257, H).with(258, 8).with(259, 1).with(262, 1).with(277, 1).with(278, H);
    }

    Tiff with(int tag, int value) {
      fields.put(tag, value);
      return this;
    }

    byte[] bytes(byte[] samples) {
      with(273, 8).with(279, samples.length);
      ByteBuffer file =
          ByteBuffer.allocate(8 + samples.length + samples.length % 2 + 6 + 12 * fields.size())
              .order(ByteOrder.LITTLE_ENDIAN);
      file.put(new byte[] {'I', 'I', 42, 0}).putInt(8 + samples.length + samples.length % 2);
      file.put(samples).position(8 + samples.length + samples.length % 2);
      file.putShort((short) fields.size());
      fields.forEach(
          (tag, value) -> {
            file.putShort(tag.shortValue())
                .putShort((short) (tag == 273 || tag == 279 ? 4 : 3))
                .putInt(1)
                .putInt(value);
          });
      file.putInt(0);
      return file.array();
    }
  }
}

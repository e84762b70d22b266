package io.relook.learning.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.relook.learning.picture.UnreadablePictureException.Reason;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureDecoderTest {

  private static final byte[] BOMB = deflated(50_000_000);

  private final PictureDecoder decoder = new PictureDecoder(PictureLimits.DEFAULT);

  @Test
  void readsAPngPixelByPixel() throws Exception {
    Picture picture = decoder.decode(encode(quarters(BufferedImage.TYPE_INT_RGB), "png"));

    assertThat(picture.width()).isEqualTo(96);
    assertThat(picture.height()).isEqualTo(64);
    assertThat(corners(picture)).isEqualTo("red green blue white");
  }

  @Test
  void readsAJpeg() throws Exception {
    Picture picture = decoder.decode(encode(quarters(BufferedImage.TYPE_INT_RGB), "jpeg"));

    assertThat(corners(picture)).isEqualTo("red green blue white");
  }

  @Test
  void dropsAlphaAndResolvesPalettes() throws Exception {
    assertThat(corners(decoder.decode(encode(quarters(BufferedImage.TYPE_INT_ARGB), "png"))))
        .isEqualTo("red green blue white");
    assertThat(corners(decoder.decode(encode(quarters(BufferedImage.TYPE_BYTE_INDEXED), "png"))))
        .isEqualTo("red green blue white");
  }

  @Test
  void keepsGreyAsItIsStored() throws Exception {
    BufferedImage grey = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(5, 7, 0, 100);

    Picture picture = decoder.decode(encode(grey, "png"));

    // Java's getRGB would answer 167 here.
    assertThat(pixel(picture, 5, 7)).containsExactly(100, 100, 100);
  }

  @Test
  void keepsGreyWithAlphaAndSixteenBitsAsTheyAreStored() throws Exception {
    BufferedImage greyAlpha = component(ColorSpace.CS_GRAY, true, DataBuffer.TYPE_BYTE);
    greyAlpha.getRaster().setPixel(5, 7, new int[] {100, 30});
    assertThat(pixel(decoder.decode(encode(greyAlpha, "png")), 5, 7))
        .containsExactly(100, 100, 100);

    BufferedImage deep = component(ColorSpace.CS_sRGB, false, DataBuffer.TYPE_USHORT);
    deep.getRaster().setPixel(5, 7, new int[] {0x1234, 0xABCD, 0xFFFF});
    assertThat(pixel(decoder.decode(encode(deep, "png")), 5, 7)).containsExactly(0x12, 0xAB, 0xFF);

    BufferedImage deepGrey = new BufferedImage(64, 64, BufferedImage.TYPE_USHORT_GRAY);
    deepGrey.getRaster().setSample(5, 7, 0, 0x6400);
    deepGrey.getRaster().setSample(6, 7, 0, 0xFFFF);
    assertThat(pixel(decoder.decode(encode(deepGrey, "png")), 5, 7)).containsExactly(100, 100, 100);

    BufferedImage bits = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_BINARY);
    bits.getRaster().setSample(5, 7, 0, 1);
    Picture binary = decoder.decode(encode(bits, "png"));
    assertThat(pixel(binary, 5, 7)).containsExactly(255, 255, 255);
    assertThat(pixel(binary, 6, 7)).containsExactly(0, 0, 0);
  }

  /** As cameras write them: of so many bits, with this largest value, in grey and in colour. */
  @ParameterizedTest
  @CsvSource({
    "10, 1023",
    "10, 700",
    "12, 4095",
    "12, 1500",
    "14, 16383",
    "14, 5000",
    "9, 511",
    "16, 900"
  })
  void samplesOfACameraAreScaledByTheBitsThatItFills(int bits, int largest) throws Exception {
    PictureDecoder told = new PictureDecoder(PictureLimits.DEFAULT.withSignificantBits(bits));
    for (int space : new int[] {ColorSpace.CS_GRAY, ColorSpace.CS_sRGB}) {
      byte[] png = encode(deep(space, largest), "png");

      assertThat(pixel(told.decode(png), 5, 7)[0]).isEqualTo(largest >> (bits - 8));
      assertThatThrownBy(() -> decoder.decode(png))
          .isInstanceOfSatisfying(
              UnreadablePictureException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_BIT_DEPTH))
          .hasMessageContaining("no value above " + largest)
          .hasMessageContaining("--significant-bits");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1023, 10 bits, 4 grey levels",
    "1024, 12 bits, 5 grey levels",
    "4096, 14 bits, 17 grey levels"
  })
  void theRefusalSaysWhatTheValuesLookLike(int largest, String bits, String levels) {
    assertThatThrownBy(() -> decoder.decode(encode(deep(ColorSpace.CS_GRAY, largest), "png")))
        .hasMessageContaining("a camera of " + bits)
        .hasMessageContaining(levels);
  }

  @ParameterizedTest
  @CsvSource({"10, 1024", "10, 4095", "12, 4096", "14, 16384", "14, 65535"})
  void aSampleThatTheCameraCannotHaveIsRefused(int bits, int largest) {
    PictureDecoder told = new PictureDecoder(PictureLimits.DEFAULT.withSignificantBits(bits));

    assertThatThrownBy(() -> told.decode(encode(deep(ColorSpace.CS_GRAY, largest), "png")))
        .isInstanceOfSatisfying(
            UnreadablePictureException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_BIT_DEPTH))
        .hasMessageStartingWith("The 16-bit PNG file has the value " + largest);
  }

  /** Alpha says nothing about the camera: an opaque one is all ones. */
  @Test
  void alphaDoesNotHideThatTheSamplesAreSmall() {
    BufferedImage image = component(ColorSpace.CS_sRGB, true, DataBuffer.TYPE_USHORT);
    image.getRaster().setPixel(5, 7, new int[] {900, 800, 700, 0xFFFF});

    assertThatThrownBy(() -> decoder.decode(encode(image, "png")))
        .hasMessageContaining("no value above 900");
  }

  private static BufferedImage deep(int space, int largest) {
    BufferedImage image = component(space, false, DataBuffer.TYPE_USHORT);
    int[] pixel = new int[image.getRaster().getNumBands()];
    Arrays.fill(pixel, largest);
    image.getRaster().setPixel(5, 7, pixel);
    return image;
  }

  /** Damage that the reader passes over: at five places in the scan, and between the segments. */
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.4, 0.5, 0.6, 0.7, 0.8})
  void damageThatTheReaderPassesOverIsReported(double place) throws Exception {
    byte[] jpeg = encode(noise(), "jpeg");
    assertThat(decoder.decodeWithDamage(jpeg).damage()).isEmpty();
    int at = (int) (jpeg.length * place);
    Random random = new Random(at);
    for (int i = 0; i < 200; i++) {
      jpeg[at + i] = (byte) random.nextInt(0x80);
    }

    assertThat(decoder.decodeWithDamage(jpeg).damage()).isNotEmpty();
    PictureDecoder strict = new PictureDecoder(new PictureLimits(1 << 23, 64, 4096, 0, true));
    assertThatThrownBy(() -> strict.decode(jpeg))
        .isInstanceOfSatisfying(
            UnreadablePictureException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED_PICTURE))
        .hasMessageStartingWith("The JPEG file is damaged (");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 96, red green blue white",
    "2, 96, green red white blue",
    "3, 96, white blue green red",
    "4, 96, blue white red green",
    "5, 64, red blue green white",
    "6, 64, blue red white green",
    "7, 64, white green blue red",
    "8, 64, green white red blue",
    "9, 96, red green blue white",
  })
  void turnsPicturesAsTheirExifOrientationSays(int orientation, int width, String upright)
      throws Exception {
    byte[] jpeg = encode(quarters(BufferedImage.TYPE_INT_RGB), "jpeg");

    Picture picture = decoder.decode(withOrientation(jpeg, orientation));

    assertThat(picture.width()).isEqualTo(width);
    assertThat(corners(picture)).isEqualTo(upright);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gif", "bmp"})
  void rejectsOtherPictureFormatsByName(String format) {
    byte[] file = encode(quarters(BufferedImage.TYPE_INT_RGB), format);

    assertRefused(
        file,
        Reason.UNSUPPORTED_FORMAT,
        "The file is in %s format; convert it to JPEG or PNG."
            .formatted(format.toUpperCase(Locale.ROOT)));
  }

  @Test
  void rejectsBytesThatAreNotAPicture() {
    byte[] noise = new byte[5000];
    new Random(7).nextBytes(noise);

    assertRefused(
        noise,
        Reason.NOT_A_PICTURE,
        "The bytes are not the beginning of a picture; send a JPEG or PNG file.");
    assertRefused(new byte[0], Reason.NOT_A_PICTURE, "The file is empty; send a JPEG or PNG file.");
  }

  @ParameterizedTest
  @CsvSource({
    "jpeg, 0.2",
    "jpeg, 0.5",
    "jpeg, 0.9",
    "jpeg, 0.99",
    "png, 0.01",
    "png, 0.5",
    "png, 0.95"
  })
  void rejectsTruncatedFiles(String format, double kept) {
    byte[] file = encode(noise(), format);

    assertRefused(
        Arrays.copyOf(file, (int) (file.length * kept)),
        Reason.TRUNCATED_PICTURE,
        "The file ends before its picture does; send the whole file again.");
  }

  @Test
  void rejectsAHugePngByItsHeaderAlone() {
    assertRefused(
        pngHeader(30_000, 30_000),
        Reason.PICTURE_TOO_LARGE,
        "The picture has 30000 x 30000 pixels, allowed are 4096 a side; shrink or crop it.");
    assertRefused(
        pngHeader(-1, 5),
        Reason.CORRUPT_PICTURE,
        "The PNG file names an impossible size (4294967295 x 5); save the picture again.");
  }

  @Test
  void rejectsAHugeJpegByItsHeaderAlone() {
    byte[] jpeg = encode(quarters(BufferedImage.TYPE_INT_RGB), "jpeg");
    int frame = frame(jpeg);
    jpeg[frame + 5] = (byte) 0xFF;

    assertThatThrownBy(() -> decoder.decode(jpeg))
        .isInstanceOfSatisfying(
            UnreadablePictureException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.PICTURE_TOO_LARGE));
  }

  @Test
  void rejectsAJpegOfMoreScansThanAnyEncoderWrites() throws Exception {
    byte[] jpeg = progressive(noise());
    assertThat(JpegSegments.scans(jpeg)).isBetween(2, 20);
    assertThat(decoder.decode(jpeg).width()).isEqualTo(200);

    int last = lastScan(jpeg);
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    bomb.write(jpeg, 0, last);
    int scans = JpegSegments.scans(jpeg) - 1;
    for (; scans <= 100; scans++) {
      bomb.write(jpeg, last, jpeg.length - 2 - last);
    }
    bomb.write(jpeg, jpeg.length - 2, 2);

    assertRefused(
        bomb.toByteArray(),
        Reason.CORRUPT_PICTURE,
        "The JPEG file draws its picture in 101 scans, allowed are 100; save the picture again.");
  }

  @Test
  void countsNoScansOfThumbnailsAndNoneBehindTheEnd() throws Exception {
    byte[] jpeg = progressive(noise());
    ByteArrayOutputStream nested = new ByteArrayOutputStream();
    nested.write(jpeg, 0, 2);
    byte[] thumbnail = encode(quarters(BufferedImage.TYPE_INT_RGB), "jpeg");
    int length = 2 + thumbnail.length;
    nested.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xE1, (byte) (length >> 8), (byte) length});
    nested.writeBytes(thumbnail);
    nested.write(jpeg, 2, jpeg.length - 2);
    nested.writeBytes(jpeg);

    assertThat(JpegSegments.scans(nested.toByteArray())).isEqualTo(JpegSegments.scans(jpeg));
  }

  @Test
  void doesNotInflateWhatAPngSaysBesideItsPixels() throws Exception {
    byte[] png = encode(quarters(BufferedImage.TYPE_INT_RGB), "png");
    byte[] bomb =
        withChunks(
            png,
            chunk("zTXt", "Comment\0\0", BOMB),
            chunk("iTXt", "Comment\0\1\0\0\0", BOMB),
            chunk("iCCP", "profile\0\0", BOMB));

    assertThat(
            allocatedBy(
                () -> assertThat(corners(decoder.decode(bomb))).isEqualTo("red green blue white")))
        .isLessThan(10_000_000);
  }

  @Test
  void readsOneTagOfExifHoweverManyThereAre() throws Exception {
    byte[] png = encode(quarters(BufferedImage.TYPE_INT_RGB), "png");
    int tags = 20_000;
    // Each tag is as long as the whole chunk; then an orientation of 3, upside down.
    ByteBuffer tiff = ByteBuffer.allocate(8 + 2 + 12 * (tags + 1) + 4);
    tiff.put(new byte[] {'M', 'M', 0, 42}).putInt(8).putShort((short) (tags + 1));
    for (int i = 0; i < tags; i++) {
      tiff.putShort((short) 0x0100).putShort((short) 1).putInt(tiff.capacity() - 8).putInt(8);
    }
    tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) 3);
    byte[] file = withChunks(png, chunk("eXIf", "", tiff.array()));

    assertThat(allocatedBy(() -> assertThat(corners(decoder.decode(file))).startsWith("white")))
        .isLessThan(50_000_000);
  }

  @Test
  void rejectsCmyk() {
    byte[] jpeg = encode(quarters(BufferedImage.TYPE_INT_RGB), "jpeg");
    jpeg[frame(jpeg) + 9] = 4;

    assertRefused(
        jpeg,
        Reason.UNSUPPORTED_COLOR,
        "The JPEG file is in CMYK colours; convert it to RGB or grey.");
  }

  @Test
  void rejectsTooSmallPicturesAndTooLargeFiles() {
    byte[] png = encode(new BufferedImage(100, 63, BufferedImage.TYPE_INT_RGB), "png");
    assertRefused(
        png,
        Reason.PICTURE_TOO_SMALL,
        "The picture has 100 x 63 pixels, needed are 64 a side; take it at a higher resolution.");

    assertThatThrownBy(() -> new PictureDecoder(new PictureLimits(10, 1, 4096)).decode(png))
        .hasMessage(
            "The file has %d bytes, allowed are 10; compress or shrink the picture."
                .formatted(png.length));
  }

  @Test
  void rejectsDamagedFilesWithoutAnyOtherException() {
    Random random = new Random(11);
    for (String format : new String[] {"jpeg", "png"}) {
      byte[] whole = encode(noise(), format);
      for (int i = 0; i < 300; i++) {
        byte[] damaged = whole.clone();
        // Mostly in the header, where lengths and sizes are.
        int reach = i % 3 == 0 ? damaged.length : 700;
        for (int j = 0; j < 4; j++) {
          damaged[2 + random.nextInt(Math.min(reach, damaged.length) - 2)] =
              (byte) random.nextInt();
        }
        try {
          decoder.decode(damaged);
        } catch (UnreadablePictureException e) {
          assertThat(e.getMessage()).endsWith(".");
        }
      }
    }
  }

  private void assertRefused(byte[] file, Reason reason, String sentence) {
    assertThatThrownBy(() -> decoder.decode(file))
        .isInstanceOfSatisfying(
            UnreadablePictureException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessage(sentence);
  }

  /** 96 x 64: red, green in the upper half, blue, white in the lower. */
  private static BufferedImage quarters(int type) {
    BufferedImage image = new BufferedImage(96, 64, type);
    Graphics2D graphics = image.createGraphics();
    Color[] colors = {Color.RED, Color.GREEN, Color.BLUE, Color.WHITE};
    for (int i = 0; i < 4; i++) {
      graphics.setColor(colors[i]);
      graphics.fillRect(i % 2 * 48, i / 2 * 32, 48, 32);
    }
    graphics.dispose();
    return image;
  }

  private static BufferedImage noise() {
    BufferedImage image = new BufferedImage(200, 150, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(3);
    for (int y = 0; y < 150; y++) {
      for (int x = 0; x < 200; x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    return image;
  }

  private static BufferedImage component(int space, boolean alpha, int type) {
    var model =
        new ComponentColorModel(
            ColorSpace.getInstance(space),
            alpha,
            false,
            alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
            type);
    WritableRaster raster = model.createCompatibleWritableRaster(64, 64);
    return new BufferedImage(model, raster, false, null);
  }

  private static String corners(Picture picture) {
    StringBuilder names = new StringBuilder();
    for (int[] at : new int[][] {{1, 1}, {3, 1}, {1, 3}, {3, 3}}) {
      int[] rgb = pixel(picture, picture.width() * at[0] / 4, picture.height() * at[1] / 4);
      int code = (rgb[0] > 127 ? 4 : 0) + (rgb[1] > 127 ? 2 : 0) + (rgb[2] > 127 ? 1 : 0);
      names.append(
          switch (code) {
            case 4 -> "red ";
            case 2 -> "green ";
            case 1 -> "blue ";
            case 7 -> "white ";
            default -> "other ";
          });
    }
    return names.toString().trim();
  }

  private static int[] pixel(Picture picture, int x, int y) {
    int i = 3 * (y * picture.width() + x);
    byte[] rgb = picture.rgb();
    return new int[] {rgb[i] & 0xFF, rgb[i + 1] & 0xFF, rgb[i + 2] & 0xFF};
  }

  private static byte[] encode(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      assertThat(ImageIO.write(image, format, out)).isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Index of the frame marker's FF. */
  private static int frame(byte[] jpeg) {
    for (int i = 2; i < jpeg.length - 1; i++) {
      if (jpeg[i] == (byte) 0xFF && jpeg[i + 1] == (byte) 0xC0) {
        return i;
      }
    }
    throw new AssertionError("no frame");
  }

  private static byte[] progressive(BufferedImage image) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam progressive = writer.getDefaultWriteParam();
    progressive.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), progressive);
    }
    writer.dispose();
    return out.toByteArray();
  }

  /** Index of the FF of the last scan's marker. */
  private static int lastScan(byte[] jpeg) {
    for (int i = jpeg.length - 2; i > 0; i--) {
      if (jpeg[i] == (byte) 0xFF && jpeg[i + 1] == (byte) 0xDA) {
        return i;
      }
    }
    throw new AssertionError("no scan");
  }

  /** Bytes that the work allocates on the heap. */
  private static long allocatedBy(ThrowingCallable work) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatCode(work).doesNotThrowAnyException();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static byte[] chunk(String type, String fields, byte[] data) {
    byte[] start = fields.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer chunk = ByteBuffer.allocate(4 + 4 + start.length + data.length + 4);
    chunk.putInt(start.length + data.length).put(type.getBytes(StandardCharsets.ISO_8859_1));
    chunk.put(start).put(data);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, chunk.position() - 4);
    return chunk.putInt((int) crc.getValue()).array();
  }

  /** Puts chunks behind the header. */
  private static byte[] withChunks(byte[] png, byte[]... chunks) {
    int header = 8 + 4 + 4 + 13 + 4;
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(png, 0, header);
    for (byte[] chunk : chunks) {
      file.writeBytes(chunk);
    }
    file.write(png, header, png.length - header);
    return file.toByteArray();
  }

  /** Zeros, deflated to a thousandth. */
  private static byte[] deflated(int zeros) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var deflater = new DeflaterOutputStream(out)) {
      deflater.write(new byte[zeros]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Puts an APP1 segment with nothing but an orientation behind the first marker. */
  private static byte[] withOrientation(byte[] jpeg, int orientation) {
    ByteBuffer exif = ByteBuffer.allocate(2 + 34);
    exif.putShort((short) 0xFFE1).putShort((short) 34);
    exif.put(new byte[] {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42}).putInt(8);
    exif.putShort((short) 1).putShort((short) 0x0112).putShort((short) 3).putInt(1);
    exif.putShort((short) orientation).putShort((short) 0).putInt(0);
    return ByteBuffer.allocate(jpeg.length + 36)
        .put(jpeg, 0, 2)
        .put(exif.array())
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  private static byte[] pngHeader(int width, int height) {
    ByteBuffer png = ByteBuffer.allocate(33);
    png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'}).putInt(13);
    png.put(new byte[] {'I', 'H', 'D', 'R'}).putInt(width).putInt(height);
    png.put(new byte[] {8, 2, 0, 0, 0});
    CRC32 crc = new CRC32();
    crc.update(png.array(), 12, 17);
    return png.putInt((int) crc.getValue()).array();
  }
}

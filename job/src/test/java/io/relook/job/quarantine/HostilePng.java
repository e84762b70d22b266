package io.relook.job.quarantine;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/**
 * A PNG decoder with a defect, in the place of Java's own: a picture with a certain text chunk
 * makes it overflow the stack, one with another ends the process at once, as a segmentation fault
 * in native code does, or does so only in a certain step. All other pictures are read by Java's
 * decoder.
 */
public final class HostilePng {
  /** Exit status of a process that {@link #halting} ended. */
  public static final int HALTED = 42;

  private static final byte[] HALT = "relook-test-halt".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HALT_IN = "relook-test-stop-in:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] THROW = "relook-test-throw".getBytes(StandardCharsets.US_ASCII);

  /** Where text chunks go: behind signature and header (W3C PNG §5). */
  private static final int BEHIND_HEADER = 33;

  private HostilePng() {}

  /** Puts the decoder before Java's own, in this process. */
  public static void register() {
    IIORegistry registry = IIORegistry.getDefaultInstance();
    ImageReaderSpi own = ImageIO.getImageReadersByFormatName("png").next().getOriginatingProvider();
    Spi defective = new Spi(own);
    registry.registerServiceProvider(defective, ImageReaderSpi.class);
    registry.setOrdering(ImageReaderSpi.class, defective, own);
  }

  /** Takes the decoder away again. */
  public static void unregister() {
    IIORegistry registry = IIORegistry.getDefaultInstance();
    Spi defective = registry.getServiceProviderByClass(Spi.class);
    if (defective != null) {
      registry.deregisterServiceProvider(defective, ImageReaderSpi.class);
    }
  }

  /** The picture, marked so that decoding it ends the process. */
  public static byte[] halting(byte[] png) {
    return marked(png, HALT);
  }

  /**
   * The picture, marked so that decoding it in certain threads ends the process.
   *
   * @param threads begin of the threads' names
   */
  public static byte[] haltingIn(String threads, byte[] png) {
    byte[] name = (threads + ";").getBytes(StandardCharsets.US_ASCII);
    byte[] text = Arrays.copyOf(HALT_IN, HALT_IN.length + name.length);
    System.arraycopy(name, 0, text, HALT_IN.length, name.length);
    return marked(png, text);
  }

  /** Whether the picture ends the process in this very thread. */
  private static boolean haltsHere(byte[] file) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    int mark = text.indexOf(new String(HALT_IN, StandardCharsets.US_ASCII));
    if (mark < 0) {
      return false;
    }
    int from = mark + HALT_IN.length;
    return Thread.currentThread()
        .getName()
        .startsWith(text.substring(from, text.indexOf(';', from)));
  }

  /** The picture, marked so that decoding it overflows the stack. */
  public static byte[] throwing(byte[] png) {
    return marked(png, THROW);
  }

  private static byte[] marked(byte[] png, byte[] text) {
    byte[] type = "tEXt".getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(type);
    crc.update(text);
    ByteBuffer chunk = ByteBuffer.allocate(12 + text.length);
    chunk.putInt(text.length).put(type).put(text).putInt((int) crc.getValue());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(png, 0, BEHIND_HEADER);
    bytes.writeBytes(chunk.array());
    bytes.write(png, BEHIND_HEADER, png.length - BEHIND_HEADER);
    return bytes.toByteArray();
  }

  private static boolean contains(byte[] file, byte[] text) {
    for (int i = 0; i + text.length <= file.length; i++) {
      if (Arrays.equals(file, i, i + text.length, text, 0, text.length)) {
        return true;
      }
    }
    return false;
  }

  private static final class Spi extends ImageReaderSpi {
    private final ImageReaderSpi own;

    Spi(ImageReaderSpi own) {
      super(
          "relook",
          "1",
          own.getFormatNames(),
          own.getFileSuffixes(),
          own.getMIMETypes(),
          Reader.class.getName(),
          own.getInputTypes(),
          null,
          false,
          null,
          null,
          null,
          null,
          false,
          null,
          null,
          null,
          null);
      this.own = own;
    }

    @Override
    public boolean canDecodeInput(Object source) throws IOException {
      return own.canDecodeInput(source);
    }

    @Override
    public ImageReader createReaderInstance(Object extension) throws IOException {
      return new Reader(this, own.createReaderInstance());
    }

    @Override
    public String getDescription(Locale locale) {
      return "a PNG reader with a defect";
    }
  }

  private static final class Reader extends ImageReader {
    private final ImageReader own;
    private byte[] head = new byte[0];

    Reader(ImageReaderSpi spi, ImageReader own) {
      super(spi);
      this.own = own;
    }

    @Override
    public void setInput(Object input, boolean forwardOnly, boolean ignoreMetadata) {
      super.setInput(input, forwardOnly, ignoreMetadata);
      try {
        ImageInputStream stream = (ImageInputStream) input;
        stream.mark();
        byte[] first = new byte[256];
        int length = stream.read(first);
        stream.reset();
        head = Arrays.copyOf(first, Math.max(0, length));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      own.setInput(input, forwardOnly, ignoreMetadata);
    }

    @Override
    public BufferedImage read(int index, ImageReadParam param) throws IOException {
      if (contains(head, HALT) || haltsHere(head)) {
        Runtime.getRuntime().halt(HALTED);
      }
      if (contains(head, THROW)) {
        throw new StackOverflowError("nested too deep");
      }
      return own.read(index, param);
    }

    @Override
    public int getNumImages(boolean allowSearch) throws IOException {
      return own.getNumImages(allowSearch);
    }

    @Override
    public int getWidth(int index) throws IOException {
      return own.getWidth(index);
    }

    @Override
    public int getHeight(int index) throws IOException {
      return own.getHeight(index);
    }

    @Override
    public Iterator<ImageTypeSpecifier> getImageTypes(int index) throws IOException {
      return own.getImageTypes(index);
    }

    @Override
    public IIOMetadata getStreamMetadata() throws IOException {
      return own.getStreamMetadata();
    }

    @Override
    public IIOMetadata getImageMetadata(int index) throws IOException {
      return own.getImageMetadata(index);
    }

    @Override
    public void dispose() {
      own.dispose();
    }
  }
}

package io.relook.bench.load;

import io.relook.local.sample.SamplePictures;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

/**
 * Synthetic JPEGs of a machined part, of the size and content that cameras send. All files differ:
 * where pixels are equal, a comment after the first marker differs (ITU-T T.81 §B.2.4.5).
 */
final class DrawnPictures {
  private static final long SEED = 5;
  private static final int DRAWN = 40;

  private final byte[][] jpegs;

  DrawnPictures() {
    SamplePictures pictures = new SamplePictures(SEED);
    jpegs =
        IntStream.range(0, DRAWN)
            .mapToObj(number -> pictures.normal(number).picture())
            .toArray(byte[][]::new);
  }

  /** The picture with this number. */
  byte[] jpeg(long number) {
    byte[] drawn = jpegs[(int) (number % DRAWN)];
    byte[] text = ("image " + number).getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(drawn.length + 32);
    bytes.write(drawn, 0, 2);
    bytes.write(0xFF);
    bytes.write(0xFE);
    bytes.write((text.length + 2) >>> 8);
    bytes.write(text.length + 2);
    bytes.writeBytes(text);
    bytes.write(drawn, 2, drawn.length - 2);
    return bytes.toByteArray();
  }
}

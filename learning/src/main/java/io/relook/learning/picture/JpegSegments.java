package io.relook.learning.picture;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The segments before the scan of a JPEG file (ITU-T T.81, annex B). */
final class JpegSegments {
  private static final int START_OF_SCAN = 0xDA;
  private static final int APP2 = 0xE2;
  private static final byte[] PROFILE = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);

  private JpegSegments() {}

  /**
   * The file without its colour profile. Java's reader would convert every pixel by it, which costs
   * as much as decoding and gives other values than the readers that model files meet later.
   *
   * @param jpeg a file that begins as a JPEG; one whose segments cannot be followed comes back as
   *     it is, for the decoder to judge
   */
  static byte[] withoutColorProfile(byte[] jpeg) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(jpeg.length);
    kept.write(jpeg, 0, 2);
    int at = 2;
    boolean found = false;
    while (at + 4 <= jpeg.length && (jpeg[at] & 0xFF) == 0xFF) {
      int marker = jpeg[at + 1] & 0xFF;
      if (marker == START_OF_SCAN) {
        kept.write(jpeg, at, jpeg.length - at);
        return found ? kept.toByteArray() : jpeg;
      }
      int length = 2 + ((jpeg[at + 2] & 0xFF) << 8 | jpeg[at + 3] & 0xFF);
      if (length < 4 || at + length > jpeg.length) {
        return jpeg;
      }
      if (marker == APP2 && startsWithProfile(jpeg, at + 4, at + length)) {
        found = true;
      } else {
        kept.write(jpeg, at, length);
      }
      at += length;
    }
    return jpeg;
  }

  private static boolean startsWithProfile(byte[] jpeg, int from, int to) {
    return to - from >= PROFILE.length
        && Arrays.equals(jpeg, from, from + PROFILE.length, PROFILE, 0, PROFILE.length);
  }
}

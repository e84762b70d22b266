package io.relook.learning.picture;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The segments of a JPEG file (ITU-T T.81, annex B). */
final class JpegSegments {
  private static final int START_OF_IMAGE = 0xD8;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int START_OF_SCAN = 0xDA;
  private static final int APP2 = 0xE2;
  private static final byte[] PROFILE = "ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII);

  private JpegSegments() {}

  /**
   * The file without its colour profile. Java's reader would convert every pixel by it, which costs
   * as much as decoding, and gives other values than the readers used for inference.
   *
   * @param jpeg a file that begins as a JPEG
   * @return the same file if its segments are damaged: the decoder then reports it
   */
  static byte[] withoutColorProfile(byte[] jpeg) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(jpeg.length);
    kept.write(jpeg, 0, 2);
    int at = 2;
    boolean found = false;
    while (true) {
      // Between here and the marker's second byte are fill bytes and its first byte.
      int name = nextMarker(jpeg, at);
      if (name + 3 > jpeg.length) {
        return jpeg;
      }
      int marker = jpeg[name] & 0xFF;
      if (marker == START_OF_SCAN) {
        kept.write(jpeg, at, jpeg.length - at);
        return found ? kept.toByteArray() : jpeg;
      }
      int end = end(jpeg, name);
      // A segment's length counts its own two bytes.
      if (end > jpeg.length || (!standsAlone(marker) && end < name + 3)) {
        return jpeg;
      }
      if (marker == APP2 && startsWithProfile(jpeg, name + 3, end)) {
        found = true;
      } else {
        kept.write(jpeg, at, end - at);
      }
      at = end;
    }
  }

  /**
   * Index of the next marker's second byte, or the length of the file if there is none. Bytes
   * outside of markers are skipped, as libjpeg does.
   */
  static int nextMarker(byte[] jpeg, int from) {
    int at = from;
    while (at < jpeg.length && jpeg[at] != (byte) 0xFF) {
      at++;
    }
    while (at < jpeg.length && jpeg[at] == (byte) 0xFF) {
      at++;
    }
    return at;
  }

  /**
   * Whether the marker stands alone, without a segment that begins with its length (T.81 B.1.1).
   */
  static boolean standsAlone(int marker) {
    return marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= START_OF_IMAGE);
  }

  /**
   * Index behind a marker and its segment.
   *
   * @param name index of the marker's second byte; two more bytes are there
   */
  private static int end(byte[] jpeg, int name) {
    return name
        + 1
        + (standsAlone(jpeg[name] & 0xFF)
            ? 0
            : (jpeg[name + 1] & 0xFF) << 8 | jpeg[name + 2] & 0xFF);
  }

  /**
   * Number of scans up to the end of the image. For each of them, even one of a dozen bytes, a
   * decoder visits all blocks of the picture.
   */
  static int scans(byte[] jpeg) {
    int scans = 0;
    int at = nextMarker(jpeg, 2);
    while (at + 3 <= jpeg.length) {
      int marker = jpeg[at] & 0xFF;
      if (marker == END_OF_IMAGE) {
        return scans;
      }
      if (marker == START_OF_SCAN) {
        scans++;
      }
      at = nextMarker(jpeg, end(jpeg, at));
    }
    return scans;
  }

  private static boolean startsWithProfile(byte[] jpeg, int from, int to) {
    return to - from >= PROFILE.length
        && Arrays.equals(jpeg, from, from + PROFILE.length, PROFILE, 0, PROFILE.length);
  }
}

package io.relook.learning.picture;

import io.relook.learning.picture.UnreadablePictureException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads format and size from the first bytes of a file without a decoder, so that nothing is
 * allocated for a picture that will be rejected. JPEG: ITU-T T.81 §B; PNG: W3C PNG §5 and §11.2.2.
 */
final class PictureHeaders {

  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private PictureHeaders() {}

  static PictureHeader read(byte[] file) throws UnreadablePictureException {
    if (startsWith(file, PNG)) {
      return png(file);
    }
    if (file.length >= 3 && at(file, 0) == 0xFF && at(file, 1) == 0xD8 && at(file, 2) == 0xFF) {
      return jpeg(file);
    }
    throw unknown(file);
  }

  private static PictureHeader png(byte[] file) throws UnreadablePictureException {
    if (file.length < 33) {
      throw truncated();
    }
    if (!ascii(file, 12, "IHDR")) {
      throw new UnreadablePictureException(
          Reason.CORRUPT_PICTURE, "The PNG file has no header chunk; save the picture again.");
    }
    long width = int32(file, 16);
    long height = int32(file, 20);
    int channels =
        switch (at(file, 25)) {
          case 0, 3 -> 1;
          case 4 -> 2;
          case 2 -> 3;
          case 6 -> 4;
          default ->
              throw new UnreadablePictureException(
                  Reason.CORRUPT_PICTURE,
                  "The PNG file names a colour type that does not exist; save the picture again.");
        };
    if (width < 1 || height < 1 || width > Integer.MAX_VALUE || height > Integer.MAX_VALUE) {
      throw new UnreadablePictureException(
          Reason.CORRUPT_PICTURE,
          "The PNG file names an impossible size (%d x %d); save the picture again."
              .formatted(width, height));
    }
    return new PictureHeader(PictureFormat.PNG, (int) width, (int) height, channels);
  }

  private static PictureHeader jpeg(byte[] file) throws UnreadablePictureException {
    int position = 2;
    while (true) {
      position = JpegSegments.nextMarker(file, position);
      if (position + 3 > file.length) {
        throw truncated();
      }
      int marker = at(file, position);
      position++;
      if (JpegSegments.standsAlone(marker)) {
        continue;
      }
      if (marker == 0xD9 || marker == 0xDA) {
        throw new UnreadablePictureException(
            Reason.CORRUPT_PICTURE,
            "The JPEG file has no frame before its picture data; save the picture again.");
      }
      int length = int16(file, position);
      if (length < 2) {
        throw new UnreadablePictureException(
            Reason.CORRUPT_PICTURE,
            "The JPEG file holds a segment of impossible length; save the picture again.");
      }
      boolean frame =
          marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
      if (frame) {
        if (position + 8 > file.length) {
          throw truncated();
        }
        int height = int16(file, position + 3);
        int width = int16(file, position + 5);
        if (width == 0 || height == 0) {
          throw new UnreadablePictureException(
              Reason.CORRUPT_PICTURE,
              "The JPEG file names an impossible size (%d x %d); save the picture again."
                  .formatted(width, height));
        }
        return new PictureHeader(PictureFormat.JPEG, width, height, at(file, position + 7));
      }
      position += length;
    }
  }

  private static UnreadablePictureException unknown(byte[] file) {
    String format = "";
    if (ascii(file, 0, "GIF8")) {
      format = "GIF";
    } else if (ascii(file, 0, "BM") && file.length > 26) {
      format = "BMP";
    } else if (ascii(file, 0, "RIFF") && ascii(file, 8, "WEBP")) {
      format = "WebP";
    } else if (ascii(file, 0, "II*\0") || ascii(file, 0, "MM\0*")) {
      format = "TIFF";
    } else if (ascii(file, 4, "ftyp")) {
      format = "HEIF, AVIF or video";
    } else if (ascii(file, 0, "%PDF")) {
      format = "PDF";
    }
    if (format.isEmpty()) {
      return new UnreadablePictureException(
          Reason.NOT_A_PICTURE,
          file.length == 0
              ? "The file is empty; send a JPEG or PNG file."
              : "The bytes are not the beginning of a picture; send a JPEG or PNG file.");
    }
    return new UnreadablePictureException(
        Reason.UNSUPPORTED_FORMAT,
        "The file is in %s format; convert it to JPEG or PNG.".formatted(format));
  }

  static UnreadablePictureException truncated() {
    return new UnreadablePictureException(
        Reason.TRUNCATED_PICTURE,
        "The file ends before its picture does; send the whole file again.");
  }

  private static boolean startsWith(byte[] file, byte[] magic) {
    return file.length >= magic.length
        && Arrays.equals(file, 0, magic.length, magic, 0, magic.length);
  }

  private static boolean ascii(byte[] file, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return file.length >= offset + bytes.length
        && Arrays.equals(file, offset, offset + bytes.length, bytes, 0, bytes.length);
  }

  private static int at(byte[] file, int index) {
    return file[index] & 0xFF;
  }

  private static int int16(byte[] file, int index) {
    return at(file, index) << 8 | at(file, index + 1);
  }

  private static long int32(byte[] file, int index) {
    return (long) int16(file, index) << 16 | int16(file, index + 2);
  }
}

package io.relook.client.pictures;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The last name of a path, regardless of the locale. Java reads names in the encoding of the
 * locale, and that of POSIX has no letters beyond ASCII; but it keeps their bytes, and these are
 * UTF-8 on nearly every disk.
 *
 * @param text the name, or with bytes as {@code \xFC} where it is no text
 * @param isText whether the name is text
 */
record FileName(String text, boolean isText) {

  static FileName of(Path path) {
    Path name = path.getFileName();
    if (name == null) {
      return new FileName("", true);
    }
    String plain = name.toString();
    if (plain.chars().allMatch(c -> c < 0x80)) {
      return new FileName(plain, true);
    }
    byte[] bytes = bytes(name);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new FileName(text, true);
    } catch (CharacterCodingException e) {
      return roundTrips(name) ? new FileName(plain, true) : new FileName(escaped(bytes), false);
    }
  }

  /** Whether the encoding of the locale, other than UTF-8, reads the name. */
  private static boolean roundTrips(Path name) {
    try {
      return name.toString().indexOf('\uFFFD') < 0 && Path.of(name.toString()).equals(name);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The bytes on the disk: a URI has them as they are. */
  private static byte[] bytes(Path name) {
    String uri = name.toUri().getRawPath();
    String encoded = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    encoded = encoded.substring(encoded.lastIndexOf('/') + 1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < encoded.length(); i++) {
      if (encoded.charAt(i) == '%') {
        bytes.write(Integer.parseInt(encoded.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.write(encoded.charAt(i));
      }
    }
    return bytes.toByteArray();
  }

  private static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte value : bytes) {
      if (value >= 0) {
        text.append((char) value);
      } else {
        text.append(String.format(Locale.ROOT, "\\x%02X", value & 0xFF));
      }
    }
    return text.toString();
  }
}

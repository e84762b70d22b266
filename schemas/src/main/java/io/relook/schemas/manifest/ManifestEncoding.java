package io.relook.schemas.manifest;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Says of a manifest that is not UTF-8 text what it probably is. */
public final class ManifestEncoding {
  private ManifestEncoding() {}

  /**
   * What is wrong, as the predicate of a sentence about the manifest. Kinds are told by their first
   * bytes: the byte order marks of UTF-16 (Unicode 23.8), and those of gzip (RFC 1952), ZIP, JPEG
   * and PNG.
   */
  public static String explain(byte[] manifest) {
    int mark = manifest.length < 2 ? 0 : (manifest[0] & 0xFF) << 8 | (manifest[1] & 0xFF);
    return switch (mark) {
      case 0xFFFE, 0xFEFF ->
          "is UTF-16 text, and a manifest is UTF-8: convert it with 'iconv -f UTF-16 -t UTF-8 FILE'";
      case 0x1F8B -> "is compressed with gzip: unpack it with 'gunzip'";
      case 0xFFD8, 0x8950 -> "is a picture: give its folder";
      case 0x504B -> "is a ZIP file: unpack it";
      default -> place(manifest);
    };
  }

  private static String place(byte[] manifest) {
    ByteBuffer bytes = ByteBuffer.wrap(manifest);
    CharBuffer line = CharBuffer.allocate(1 << 12);
    int lines = 1;
    CoderResult result;
    var decoder = StandardCharsets.UTF_8.newDecoder();
    do {
      result = decoder.decode(bytes, line.clear(), true);
      lines += (int) line.flip().chars().filter(c -> c == '\n').count();
    } while (result.isOverflow());
    return result.isError()
        ? "is not UTF-8 text: line %d has the byte 0x%02X. Convert it, with 'iconv -f WINDOWS-1252 -t UTF-8 FILE' if it was written on Windows"
            .formatted(lines, manifest[bytes.position()] & 0xFF)
        : "is not UTF-8 text";
  }
}

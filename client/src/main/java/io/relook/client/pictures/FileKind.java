package io.relook.client.pictures;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a file holds. The first bytes decide, as listed by file(1) and the formats' own
 * specifications; the ending of the name decides only for camera raw, which begins like TIFF, and
 * for what no first bytes tell.
 */
public enum FileKind {
  JPEG("JPEG", Use.SENT, "jpg", "jpeg", "jpe", "jfif", "jif"),
  PNG("PNG", Use.SENT, "png", "apng"),
  BMP("BMP", Use.CONVERTED, "bmp", "dib"),
  TIFF("TIFF", Use.CONVERTED, "tif", "tiff"),
  WEBP("WebP", Use.CONVERTED, "webp"),
  GIF("GIF", Use.OTHER_PICTURE, "gif"),
  HEIC("HEIC", Use.OTHER_PICTURE, "heic", "heif", "hif"),
  AVIF("AVIF", Use.OTHER_PICTURE, "avif"),
  JPEG_2000("JPEG 2000", Use.OTHER_PICTURE, "jp2", "j2k", "j2c", "jpx", "jpf"),
  JPEG_XL("JPEG XL", Use.OTHER_PICTURE, "jxl"),
  CAMERA_RAW(
      "camera raw",
      Use.OTHER_PICTURE,
      "dng",
      "cr2",
      "cr3",
      "nef",
      "arw",
      "orf",
      "rw2",
      "raf",
      "pef",
      "srw",
      "raw"),
  NETPBM("Netpbm", Use.OTHER_PICTURE, "pgm", "ppm", "pbm", "pnm", "pam", "pfm"),
  PHOTOSHOP("Photoshop", Use.OTHER_PICTURE, "psd", "psb"),
  OPENEXR("OpenEXR", Use.OTHER_PICTURE, "exr"),
  RADIANCE("Radiance HDR", Use.OTHER_PICTURE, "hdr"),
  TARGA("Targa", Use.OTHER_PICTURE, "tga"),
  DICOM("DICOM", Use.OTHER_PICTURE, "dcm", "dicom"),
  /** Named like a picture that can be sent or converted, but it is none that can be read. */
  UNREADABLE("unreadable", Use.OTHER_PICTURE),
  /** No picture. */
  OTHER("other", Use.NO_PICTURE);

  private final String title;
  private final Use use;
  private final List<String> endings;

  /** What is done with a kind of file. */
  public enum Use {
    /** Sent as it is. */
    SENT,
    /** Made into PNG on request, else left out. */
    CONVERTED,
    /** A picture that is left out. */
    OTHER_PICTURE,
    /** No picture; left out. */
    NO_PICTURE
  }

  /** As many of the first bytes as {@link #of} looks at. */
  static final int HEAD = 132;

  FileKind(String title, Use use, String... endings) {
    this.title = title;
    this.use = use;
    this.endings = List.of(endings);
  }

  /** The name that people know. */
  public String title() {
    return title;
  }

  /** What is done with it. */
  public Use use() {
    return use;
  }

  /** Endings of names, without the dot. */
  public List<String> endings() {
    return endings;
  }

  /** Whether it shows something, so that leaving it out is a loss. */
  boolean isPicture() {
    return use != Use.NO_PICTURE;
  }

  /** What a file is, by its name and its first {@link #HEAD} bytes. */
  static FileKind of(String name, byte[] head) {
    Optional<FileKind> named = named(name);
    if (named.filter(kind -> kind == CAMERA_RAW).isPresent()) {
      return CAMERA_RAW;
    }
    Optional<FileKind> content = content(head);
    if (content.isPresent()) {
      return content.get();
    }
    return named.map(kind -> hasSignature(kind) ? UNREADABLE : kind).orElse(OTHER);
  }

  /** The kind that the ending of a name says. */
  static Optional<FileKind> named(String name) {
    String ending = ending(name);
    return Arrays.stream(values()).filter(kind -> kind.endings.contains(ending)).findFirst();
  }

  /** What follows the last dot, in small letters; empty without one. */
  static String ending(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  /** Whether {@link #content} would know a file of this kind. */
  private static boolean hasSignature(FileKind kind) {
    return switch (kind) {
      case CAMERA_RAW, TARGA, NETPBM, RADIANCE -> false;
      default -> true;
    };
  }

  private static Optional<FileKind> content(byte[] head) {
    FileKind kind = null;
    if (begins(head, 0, "\u00FF\u00D8\u00FF")) {
      kind = JPEG;
    } else if (begins(head, 0, "\u0089PNG\r\n\u001A\n")) {
      kind = PNG;
    } else if (begins(head, 0, "BM") && head.length >= 26 && head[15] == 0) {
      kind = BMP; // the size of the second header is below 256
    } else if (begins(head, 0, "II*\0")
        || begins(head, 0, "MM\0*")
        || begins(head, 0, "II+\0")
        || begins(head, 0, "MM\0+")) {
      kind = TIFF;
    } else if (begins(head, 0, "RIFF") && begins(head, 8, "WEBP")) {
      kind = WEBP;
    } else if (begins(head, 0, "GIF8")) {
      kind = GIF;
    } else if (begins(head, 4, "ftyp")) {
      kind = isoMedia(head);
    } else if (begins(head, 0, "\0\0\0\u000CjP  ") || begins(head, 0, "\u00FF\u004F\u00FF\u0051")) {
      kind = JPEG_2000;
    } else if (begins(head, 0, "\u00FF\n") || begins(head, 0, "\0\0\0\u000CJXL ")) {
      kind = JPEG_XL;
    } else if (begins(head, 0, "8BPS")) {
      kind = PHOTOSHOP;
    } else if (begins(head, 0, "\u0076\u002F\u0031\u0001")) {
      kind = OPENEXR;
    } else if (begins(head, 128, "DICM")) {
      kind = DICOM;
    }
    return Optional.ofNullable(kind);
  }

  private static @Nullable FileKind isoMedia(byte[] head) {
    String brand =
        head.length < 12 ? "" : new String(head, 8, 4, StandardCharsets.ISO_8859_1).strip();
    return switch (brand) {
      case "avif", "avis" -> AVIF;
      case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1" -> HEIC;
      case "crx" -> CAMERA_RAW;
      default -> null; // a film
    };
  }

  private static boolean begins(byte[] head, int from, String signature) {
    byte[] expected = signature.getBytes(StandardCharsets.ISO_8859_1);
    return head.length >= from + expected.length
        && Arrays.equals(head, from, from + expected.length, expected, 0, expected.length);
  }
}

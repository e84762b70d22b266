package io.relook.learning.picture;

/** Bytes cannot be decoded to a picture; the message tells the sender how to fix it. */
public final class UnreadablePictureException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why; the names are stable, because they appear in rejections. */
  public enum Reason {
    /** The bytes do not begin as any known picture format. */
    NOT_A_PICTURE,
    /** A picture, but neither JPEG nor PNG. */
    UNSUPPORTED_FORMAT,
    /** The file ends before its picture does. */
    TRUNCATED_PICTURE,
    /** JPEG or PNG whose content contradicts the format. */
    CORRUPT_PICTURE,
    /** More pixels on a side than allowed. */
    PICTURE_TOO_LARGE,
    /** Fewer pixels on a side than allowed. */
    PICTURE_TOO_SMALL,
    /** More bytes than allowed. */
    PICTURE_FILE_TOO_LARGE,
    /** Colours that have no agreed meaning in RGB, such as CMYK. */
    UNSUPPORTED_COLOR,
    /** Samples of 16 bits of which it is not known how many bits the camera fills. */
    UNKNOWN_BIT_DEPTH,
    /** The decoder passed over damage, and damaged pictures are not wanted. */
    DAMAGED_PICTURE
  }

  private final Reason reason;

  public UnreadablePictureException(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  public UnreadablePictureException(Reason reason, String sentence, Throwable cause) {
    super(sentence, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

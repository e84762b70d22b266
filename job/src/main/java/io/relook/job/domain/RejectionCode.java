package io.relook.job.domain;

/** Reason codes of rejections: public and stable. */
public enum RejectionCode {
  /** The bytes are not a message that this topic takes. */
  UNDECODABLE,
  /** A member breaks a rule of the contract. */
  INVALID_MEMBER,
  /** A cut marker that the job did not write, or whose signature is not trusted. */
  UNSIGNED_MARKER,
  /** With {@code images.partitioning} by-key, it stands in a partition of other projects. */
  WRONG_PARTITION,
  /** The account may not have the object read that the message names. */
  FORBIDDEN_LOCATION,
  /** The bytes are neither a JPEG nor a PNG picture. */
  UNSUPPORTED_FORMAT,
  /** The picture is damaged or incomplete. */
  UNREADABLE_PICTURE,
  /** The picture has too many pixels or bytes. */
  PICTURE_TOO_LARGE,
  /** The picture has too few pixels. */
  PICTURE_TOO_SMALL,
  /** The picture's colour model is not supported. */
  UNSUPPORTED_COLOR,
  /** It is not known how many bits of its 16-bit samples the camera fills. */
  UNKNOWN_BIT_DEPTH,
  /** There is no readable object at the given location. */
  PICTURE_NOT_FOUND,
  /** A label or withdrawal names an image that the project does not have. */
  UNKNOWN_SOURCE_REF,
  /** The project already has the largest allowed number of defect classes. */
  TOO_MANY_DEFECT_CLASSES,
  /** The mask is not a PNG of the picture's size, or shows no colour of its colour map. */
  INVALID_MASK,
  /** relook itself fails on the message, by an exception or by the end of its process. */
  POISON;

  /**
   * Why a message is rejected.
   *
   * @param sentence says what to do
   */
  public record Violation(RejectionCode code, String sentence) {}

  /** This code with a sentence. */
  public Violation because(String sentence) {
    return new Violation(this, sentence);
  }
}

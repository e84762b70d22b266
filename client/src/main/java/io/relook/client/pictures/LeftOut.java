package io.relook.client.pictures;

/**
 * A file that is not sent.
 *
 * @param file its path below the root, with slashes
 * @param detail what is wrong with it in particular, as the predicate of a sentence; may be empty
 */
public record LeftOut(String file, Reason reason, FileKind kind, String detail) {

  /** Why a file is left out. */
  public enum Reason {
    /** Only JPEG and PNG are sent. */
    FORMAT(true),
    /** The reader of its format refuses it. */
    NOT_CONVERTED(true),
    /** Its content is not what its name says, or it cannot be opened. */
    UNREADABLE(true),
    /** Its name is no text in this locale, or too long. */
    UNNAMEABLE(true),
    /** A picture under a name such as {@code 7.jpg.bak}. */
    NAMED_OTHERWISE(true),
    /** A mask in another format than PNG. */
    MASK_FORMAT(true),
    /** No picture, or more than one, has the mask's name. */
    MASK_WITHOUT_PICTURE(true),
    /** The picture has another mask already. */
    MASK_TWICE(true),
    /** An anomaly's mask that shows no defect. */
    MASK_BLANK(true),
    /** Something else than a mask. */
    MASK_UNUSABLE(true),
    /** The table of labels does not name it. */
    NOT_IN_TABLE(true),
    /** The table of labels names it, but there is no such file. */
    NO_SUCH_FILE(true),
    /** A normal picture's blank mask says what the label says. */
    MASK_OF_NORMAL(false),
    /** {@code --validation skip}. */
    VALIDATION(false),
    /** Its name, or that of its folder, is that of a hidden file. */
    HIDDEN(false),
    /** No picture. */
    NO_PICTURE(false);

    private final boolean isLoss;

    Reason(boolean isLoss) {
      this.isLoss = isLoss;
    }

    /** Whether somebody could miss it, so that the command does not end with 0. */
    public boolean isLoss() {
      return isLoss;
    }
  }
}

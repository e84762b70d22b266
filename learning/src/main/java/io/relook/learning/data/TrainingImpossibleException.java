package io.relook.learning.data;

/** This data can never become a model; the message is a sentence that tells its owner the fix. */
public final class TrainingImpossibleException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why; the names are stable. */
  public enum Reason {
    /** Pictures of several sizes. */
    DIFFERENT_DIMENSIONS,
    /** No good picture among the training pictures. */
    NO_GOOD_IMAGES,
    /** Features made by another backbone or area than this training's. */
    FOREIGN_FEATURES
  }

  private final Reason reason;

  public TrainingImpossibleException(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

package io.relook.learning.data;

/** No model can be trained from this data; the message tells its owner how to fix it. */
public final class TrainingImpossibleException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why; the names are stable. */
  public enum Reason {
    /** Pictures of several sizes. */
    DIFFERENT_DIMENSIONS,
    /** No good picture among the training pictures. */
    NO_GOOD_IMAGES,
    /** Features extracted with another backbone or area than this training's. */
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

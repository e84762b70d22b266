package io.relook.job.quarantine;

import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import org.jspecify.annotations.Nullable;

/** What is said of a message, or of a training, that relook fails on. */
public final class PoisonMessages {
  private static final int MOST_TOLD = 200;
  private static final String AGAIN =
      " This is a defect of relook: report it with the message ('relook rejections show' writes its"
          + " bytes to a file), and send it again with 'relook rejections resend' once it is mended.";

  private PoisonMessages() {}

  /** A step in which only the message at hand takes part: no store, no broker, no state. */
  @FunctionalInterface
  public interface Step<T, E extends Exception> {
    T run() throws E;
  }

  /**
   * Runs a step whose unexpected failure can only be the message's fault. That memory ran out is no
   * such failure: another may have taken it.
   *
   * @throws PoisonMessageException instead of any unchecked exception
   */
  public static <T, E extends Exception> T pure(String doing, Step<T, E> step) throws E {
    try {
      return step.run();
    } catch (PoisonMessageException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw new PoisonMessageException(doing, e);
    }
  }

  /** The refusal of a message on which a stage failed. */
  public static RejectionReason thrown(
      String stage,
      PoisonMessageException poison,
      @Nullable String account,
      @Nullable String project,
      @Nullable String sourceRef) {
    return refusal(
        stage,
        "relook failed while "
            + poison.doing()
            + ": "
            + told(poison.getCause() == null ? poison : poison.getCause())
            + "."
            + AGAIN,
        account,
        project,
        sourceRef);
  }

  /** The refusal of a message that was condemned before. */
  static RejectionReason refusal(
      String stage,
      String sentence,
      @Nullable String account,
      @Nullable String project,
      @Nullable String sourceRef) {
    return new RejectionReason(stage, RejectionCode.POISON, sentence, account, project, sourceRef);
  }

  /** Of a message with which in work the process ended, again and again. */
  static String crashed(int crashes) {
    return "The process ended "
        + crashes
        + " times while this message was in work: it is not worked on any more."
        + AGAIN;
  }

  /** Of a message on which a stage behind this one failed. */
  static String failed(Throwable thrown) {
    return "relook failed while applying this message: " + told(thrown) + "." + AGAIN;
  }

  /** Of a training with which in work the process ended, again and again. */
  static String ended(int ends, String doing) {
    return "The process ended, or native code failed, "
        + ends
        + " times in a row while "
        + doing
        + ": it is not tried again. Look for the reason in the logs of the task managers, most often"
        + " too little memory: give them more, or train on fewer images, then create the model"
        + " again. If it is a crash in native code, report it.";
  }

  /** Of a training that relook failed on. */
  static String defect(Throwable thrown, String doing) {
    return "relook failed while "
        + doing
        + ": "
        + told(thrown)
        + ". This is a defect of relook: report it with the log of the task manager, and create the"
        + " model again once it is mended, or from other images.";
  }

  private static String told(Throwable thrown) {
    String text = thrown.getClass().getSimpleName() + ": " + thrown.getMessage();
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() <= MOST_TOLD ? line : line.substring(0, MOST_TOLD) + "…";
  }
}

package io.relook.job.quarantine;

import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import org.jspecify.annotations.Nullable;

/** Sentences about messages and trainings on which relook itself fails (poison messages). */
public final class PoisonMessages {
  private static final int MAX_SHOWN = 200;
  private static final String AGAIN =
      " This is a defect of relook: report it with the message ('relook rejections show' writes its"
          + " bytes to a file), and send it again with 'relook rejections resend' once it is fixed.";

  private PoisonMessages() {}

  /** A step in which only the message at hand takes part: no store, no broker, no state. */
  @FunctionalInterface
  public interface Step<T, E extends Exception> {
    T run() throws E;
  }

  /**
   * Runs a step whose unexpected failure can only be the message's fault. An {@link
   * OutOfMemoryError} is not such a failure: other work may have taken the memory.
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

  /** The reason for the rejection of a message on which a stage failed. */
  public static RejectionReason thrown(
      String stage,
      PoisonMessageException failure,
      @Nullable String account,
      @Nullable String project,
      @Nullable String sourceRef) {
    return reason(
        stage,
        "relook failed while "
            + failure.doing()
            + ": "
            + shown(failure.getCause() == null ? failure : failure.getCause())
            + "."
            + AGAIN,
        account,
        project,
        sourceRef);
  }

  /** The reason for a rejection with this sentence. */
  static RejectionReason reason(
      String stage,
      String sentence,
      @Nullable String account,
      @Nullable String project,
      @Nullable String sourceRef) {
    return new RejectionReason(stage, RejectionCode.POISON, sentence, account, project, sourceRef);
  }

  /** For a message that was in flight when the process ended, again and again. */
  static String crashed(int crashes) {
    return "The process ended "
        + crashes
        + " times while this message was in flight: relook does not work on it any more."
        + AGAIN;
  }

  /** The reason for the rejection of a message whose decision failed and was rolled back. */
  public static RejectionReason applying(
      String stage,
      Throwable defect,
      @Nullable String account,
      @Nullable String project,
      @Nullable String sourceRef) {
    return thrown(
        stage,
        new PoisonMessageException("applying this message", defect),
        account,
        project,
        sourceRef);
  }

  /** For a training that was in flight when the process ended, again and again. */
  static String ended(int ends, String doing) {
    return "The process ended, or native code failed, "
        + ends
        + " times in a row while "
        + doing
        + ": relook does not try again. Look for the reason in the logs of the task managers, most often"
        + " too little memory: give them more, or train on fewer images, then create the model"
        + " again. If it is a crash in native code, report it.";
  }

  /**
   * For a training that relook failed on.
   *
   * @param doing what was being done, as a sentence continues after "while"
   */
  public static String defect(Throwable thrown, String doing) {
    return "relook failed while "
        + doing
        + ": "
        + shown(thrown)
        + ". This is a defect of relook: report it with the log of the task manager, and create the"
        + " model again once it is fixed, or from other images.";
  }

  /** For an import that relook failed on before it began. */
  public static String cannotImport(Throwable thrown) {
    return "relook failed before it read the manifest: "
        + shown(thrown)
        + ". Nothing was imported. This is a defect of relook: report it with the log of the task"
        + " manager, and send the command again once it is fixed.";
  }

  private static String shown(Throwable thrown) {
    String text = thrown.getClass().getSimpleName() + ": " + thrown.getMessage();
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…";
  }
}

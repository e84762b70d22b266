package io.relook.job.extraction;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.quarantine.PoisonMessageException;
import io.relook.job.quarantine.PoisonMessages;
import io.relook.job.quarantine.Quarantine;
import io.relook.job.quarantine.QuarantineSettings;
import io.relook.wire.LabeledImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.LongUnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the picture that ends the process, at next to no cost while none does.
 *
 * <p>Which message was in work when a process ends without a word must be on record outside it. A
 * record for each message would add two requests to the store to the four that a picture costs. But
 * a message that ended the process is read again soon after the restart, from the last checkpoint.
 * So, in each run of the task, the step works <b>carefully</b> until {@value #CAREFUL_CHECKPOINTS}
 * checkpoints have followed the first message: it takes one message at a time, and puts into the
 * store what is in work before it begins and takes it away when it is done; from then on as fast as
 * it can, and without a record. The first end of the process names nobody; each later one adds to
 * the suspicion of what was in work; at {@link QuarantineSettings#maxCrashes} the checks reject it,
 * which need not decode it.
 *
 * <p>Does careful work end before the message is reached, because it is slower? Then the process
 * ends once more, and starts again from a checkpoint that is nearer to the message: it is reached
 * after finitely many restarts.
 *
 * <p>Another subtask of the same process has something in work too when it ends. What is innocent
 * clears itself at its next turn; and lest two meet again and again, a message under suspicion
 * waits a random time before its turn, so that both are in work together in one of about forty
 * cases only (50 ms of work within 2 s), and three times in a row in none worth counting. Should it
 * happen, the message is in the rejections, whole, and can be sent again.
 *
 * <p>A killed process looks the same as one that crashed: also there the message in work, if it was
 * careful work, clears itself at its next turn.
 */
final class CrashIsolatingExtraction implements OrderedStep<CheckedImage, ImageChange> {
  private static final Logger LOG = LoggerFactory.getLogger(CrashIsolatingExtraction.class);

  static final int CAREFUL_CHECKPOINTS = 5;

  /** Longest wait of a suspect, for each end of the process it is suspected of. */
  private static final long APART_MILLIS = 2_000;

  private final OrderedStep<CheckedImage, ImageChange> step;
  private final Quarantine suspects;
  private final String stage;
  private final BiFunction<KafkaRecord, RejectionReason, Emission<ImageChange>> refusals;
  private final LongUnaryOperator random;
  private final AtomicInteger careful = new AtomicInteger(CAREFUL_CHECKPOINTS);
  private final Object oneAtATime = new Object();

  /** Checkpoints before the first message do not count: reading may begin late. */
  private volatile boolean begun;

  /**
   * @param step closed with this
   * @param suspects closed with this
   * @param stage where poison is said to have been met
   * @param refusals what a refusal leads to
   * @param random a random number from 0 to the given bound, exclusive
   */
  CrashIsolatingExtraction(
      OrderedStep<CheckedImage, ImageChange> step,
      Quarantine suspects,
      String stage,
      BiFunction<KafkaRecord, RejectionReason, Emission<ImageChange>> refusals,
      LongUnaryOperator random) {
    this.step = step;
    this.suspects = suspects;
    this.stage = stage;
    this.refusals = refusals;
    this.random = random;
  }

  @Override
  public Optional<Emission<ImageChange>> atOnce(CheckedImage message) {
    return step.atOnce(message);
  }

  @Override
  public Emission<ImageChange> work(CheckedImage message) throws Exception {
    if (careful.get() <= 0) {
      return rejecting(message);
    }
    begun = true;
    synchronized (oneAtATime) {
      return onRecord(message);
    }
  }

  private Emission<ImageChange> onRecord(CheckedImage message) throws Exception {
    KafkaRecord origin = message.origin();
    int crashes = suspects.crashes(origin);
    if (crashes > 0) {
      LOG.warn("{} was in work when {} processes ended", origin.place(), crashes);
      TimeUnit.MILLISECONDS.sleep(random.applyAsLong(APART_MILLIS * crashes));
    }
    suspects.inWork(origin);
    Emission<ImageChange> done;
    try {
      done = rejecting(message);
    } catch (OutOfMemoryError e) {
      // The end of the process in most cases, so it stays on record.
      throw e;
    } catch (Exception | Error e) {
      clear(origin);
      throw e;
    }
    clear(origin);
    return done;
  }

  private void clear(KafkaRecord origin) {
    try {
      suspects.cleared(origin);
    } catch (IOException | UncheckedIOException e) {
      // It clears itself at its next turn.
      LOG.warn("{} stays on record as in work", origin.place(), e);
    }
  }

  private Emission<ImageChange> rejecting(CheckedImage message) throws Exception {
    try {
      return step.work(message);
    } catch (PoisonMessageException e) {
      LOG.error("Rejected {}, on which relook fails", message.origin().place(), e);
      LabeledImage image = message.image();
      RejectionReason refusal =
          PoisonMessages.thrown(
              stage,
              e,
              image == null ? null : image.getAccount(),
              image == null ? null : image.getProject(),
              image == null ? null : image.getSourceRef());
      return refusals.apply(message.origin(), refusal);
    }
  }

  @Override
  public void checkpointCompleted() {
    if (begun) {
      careful.updateAndGet(left -> Math.max(0, left - 1));
    }
  }

  @Override
  public void close() throws Exception {
    try {
      step.close();
    } finally {
      suspects.close();
    }
  }
}

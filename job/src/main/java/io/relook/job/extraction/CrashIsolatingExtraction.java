package io.relook.job.extraction;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.ImageChange;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.quarantine.PoisonMessageException;
import io.relook.job.quarantine.PoisonMessages;
import io.relook.job.quarantine.Quarantine;
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
 * Finds the picture that ends the process. As long as there is none, this costs almost nothing.
 *
 * <p>A process that ends suddenly cannot say which message was in flight, so something outside it
 * must know. A marker for each message would add two requests to the store to the four that a
 * picture costs. But a message that ended the process is read again soon after the restart, from
 * the last checkpoint. So each run of the task begins <b>carefully</b>, until {@value
 * #CAREFUL_CHECKPOINTS} checkpoints have followed the first message: it works on one message at a
 * time, writes an in-flight marker to the store before, and removes it after. From then on it works
 * as fast as it can, without markers. The first end of the process names no message; each later one
 * counts against the message in flight; after {@link
 * io.relook.job.quarantine.QuarantineSettings#maxCrashes} ends the check rejects it without
 * decoding it.
 *
 * <p>Careful work is slower, and the careful phase may end before it reaches the message. Then the
 * process ends once more and restarts from a checkpoint that is nearer to the message, so a limited
 * number of restarts reaches it.
 *
 * <p>When the process ends, other subtasks of the same process have messages in flight too. A sound
 * message is cleared at its next turn. But two suspected messages must not be in flight together
 * again and again. So each waits a random time before its turn: they are in flight together in
 * about one of forty cases (50 ms of work within 2 s), and almost never three times in a row. If it
 * happens, the rejection holds the whole message, which can be sent again.
 *
 * <p>A process that is killed looks the same as one that crashed: if the work was careful, the
 * message in flight is cleared at its next turn too.
 */
final class CrashIsolatingExtraction implements OrderedStep<CheckedImage, ImageChange> {
  private static final Logger LOG = LoggerFactory.getLogger(CrashIsolatingExtraction.class);

  static final int CAREFUL_CHECKPOINTS = 5;

  /** Longest wait of a suspected message, for each end of the process that counts against it. */
  private static final long APART_MILLIS = 2_000;

  private final OrderedStep<CheckedImage, ImageChange> step;
  private final Quarantine quarantine;
  private final String stage;
  private final BiFunction<KafkaRecord, RejectionReason, Emission<ImageChange>> rejections;
  private final LongUnaryOperator random;
  private final AtomicInteger careful = new AtomicInteger(CAREFUL_CHECKPOINTS);
  private final Object oneAtATime = new Object();

  /** Checkpoints before the first message do not count: reading may begin late. */
  private volatile boolean begun;

  /**
   * @param step closed with this
   * @param quarantine closed with this
   * @param stage stage that rejections name
   * @param rejections makes the output for a rejection
   * @param random a random number from 0 to the given bound, exclusive
   */
  CrashIsolatingExtraction(
      OrderedStep<CheckedImage, ImageChange> step,
      Quarantine quarantine,
      String stage,
      BiFunction<KafkaRecord, RejectionReason, Emission<ImageChange>> rejections,
      LongUnaryOperator random) {
    this.step = step;
    this.quarantine = quarantine;
    this.stage = stage;
    this.rejections = rejections;
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
      return marked(message);
    }
  }

  private Emission<ImageChange> marked(CheckedImage message) throws Exception {
    KafkaRecord origin = message.origin();
    int crashes = quarantine.crashes(origin);
    if (crashes > 0) {
      LOG.warn("{} was in flight when {} processes ended", origin.place(), crashes);
      TimeUnit.MILLISECONDS.sleep(random.applyAsLong(APART_MILLIS * crashes));
    }
    quarantine.markInFlight(origin);
    Emission<ImageChange> done;
    try {
      done = rejecting(message);
    } catch (OutOfMemoryError e) {
      // In most cases the process ends, so the marker stays.
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
      quarantine.clear(origin);
    } catch (IOException | UncheckedIOException e) {
      // The next turn clears it.
      LOG.warn("The in-flight marker of {} stays", origin.place(), e);
    }
  }

  private Emission<ImageChange> rejecting(CheckedImage message) throws Exception {
    try {
      return step.work(message);
    } catch (PoisonMessageException e) {
      LOG.error("Rejected {}, on which relook fails", message.origin().place(), e);
      LabeledImage image = message.image();
      RejectionReason reason =
          PoisonMessages.thrown(
              stage,
              e,
              image == null ? null : image.getAccount(),
              image == null ? null : image.getProject(),
              image == null ? null : image.getSourceRef());
      return rejections.apply(message.origin(), reason);
    }
  }

  /** Checkpoints that must complete before it works on several messages at a time; 0 then. */
  int carefulCheckpoints() {
    return careful.get();
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
      quarantine.close();
    }
  }
}

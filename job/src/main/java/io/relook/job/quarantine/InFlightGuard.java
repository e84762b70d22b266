package io.relook.job.quarantine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.job.quarantine.InFlightMarker.Attempt;
import io.relook.job.domain.BucketLayout;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.learning.onnx.OnnxFailedException;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up the training, or the publication of one, that relook itself fails on, so that the job
 * need not restart for ever.
 *
 * <p><b>An exception</b> that nothing outside has a part in, which is any unchecked one but {@link
 * UncheckedIOException}, comes again with the same input: the work is given up at once.
 *
 * <p><b>The end of the process</b>, again and again. ONNX Runtime that fails in native code, and
 * memory that ran out, count as one though the process lives: a GPU may be lost for a while, and
 * another may have taken the memory.
 *
 * <p>While one is in work an object in relook's own bucket says so: {@code
 * poison-trainings/<step>/<cut>}. It is gone when the work is over, whatever came of it, and stays
 * when the process ends. The next attempt, in another process, finds it there and counts. At {@link
 * QuarantineSettings#maxTrainingCrashes} ends <b>in a row</b> the work is given up.
 *
 * <p>A process that is killed from outside looks the same, and must not cost a healthy training:
 *
 * <ul>
 *   <li>What was in work when a process ended is worked on alone in its process from then on
 *       ({@link ExclusiveTurns}), so that only the first end can be the fault of other such work.
 *   <li>An attempt that stops while its process goes on, because the job restarts for another
 *       reason, clears the work of all ends before.
 *   <li>An attempt that was taken for ended and was not takes itself off the list ({@link
 *       InFlightMarker}).
 *   <li>The limit is high: a killer must hit the same training that often, each time before it
 *       ends. It also lies above the ends that it takes to find a picture which ends the process
 *       while a training happens to be in work.
 * </ul>
 *
 * <p>The object of what was given up stays: read again, by a restart or a replay, it is given up
 * again. Creating the model again is another cut, and tried anew.
 *
 * <p>Keeps its own connection to the store, so that it can clear what is interrupted after the task
 * has closed everything. Safe for use by several threads.
 */
public final class InFlightGuard {
  private static final Logger LOG = LoggerFactory.getLogger(InFlightGuard.class);
  private static final int MAX_BYTES = 64 * 1024;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final AtomicLong ATTEMPTS = new AtomicLong();

  private final QuarantineSettings settings;
  private final String step;
  private final Optional<ExclusiveTurns> turns;
  private final String process;

  /** What is guarded. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws Exception;
  }

  /** What comes of work that is given up. */
  @FunctionalInterface
  public interface GivenUp<T> {
    /**
     * @param reason a stable name
     * @param message a sentence that says what to do
     */
    T because(String reason, String message);
  }

  InFlightGuard(
      QuarantineSettings settings, String step, Optional<ExclusiveTurns> turns, String process) {
    this.settings = settings;
    this.step = step;
    this.turns = turns;
    this.process = process;
  }

  /**
   * A guard of long work, which can wait until it may run alone.
   *
   * @param step names the records
   */
  public static InFlightGuard ofLongWork(QuarantineSettings settings, String step) {
    return new InFlightGuard(settings, step, Optional.of(ExclusiveTurns.OF_PROCESS), thisProcess());
  }

  /**
   * A guard of short work, for which checkpoints wait: it waits for nothing, and that the process
   * ends in these moments every time is no chance.
   *
   * @param step names the records
   */
  public static InFlightGuard ofShortWork(QuarantineSettings settings, String step) {
    return new InFlightGuard(settings, step, Optional.empty(), thisProcess());
  }

  /** In a container every process may have the number 1, but not the same start. */
  private static String thisProcess() {
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    return runtime.getName() + "@" + runtime.getStartTime();
  }

  /**
   * Runs work, on record while it does.
   *
   * @param cutId names the work
   * @param about what it is, for the log
   * @param doing the same as a sentence continues after "while"
   * @throws IOException when the record cannot be made
   * @throws Exception what the work throws
   */
  public <T> T run(String cutId, String about, String doing, Work<T> work, GivenUp<T> givenUp)
      throws Exception {
    try (ObjectStore store = settings.store().open()) {
      S3Object place = new S3Object(settings.bucket(), BucketLayout.inFlight(step, cutId), null);
      Attempt attempt = new Attempt(process, ATTEMPTS.incrementAndGet());
      InFlightMarker note = InFlightMarker.begun(about, attempt, read(store, place));
      if (note.ends() >= settings.maxTrainingCrashes()) {
        LOG.error("{} is given up: {} processes ended with it in a row", about, note.ends());
        return givenUp.because("PROCESS_ENDED", PoisonMessages.ended(note.ends(), doing));
      }
      if (note.ends() > 0) {
        LOG.warn("{} was in work when {} processes ended: it runs alone", about, note.ends());
      }
      try (ExclusiveTurns.Turn turn = turn(note.ends() > 0)) {
        return onRecord(store, place, note, work);
      } catch (RuntimeException e) {
        if (!isDefect(e)) {
          throw e;
        }
        LOG.error("{} is given up", about, e);
        return givenUp.because("DEFECT", PoisonMessages.defect(e, doing));
      }
    }
  }

  private ExclusiveTurns.Turn turn(boolean alone) throws InterruptedException {
    return turns.isPresent() ? turns.get().take(alone) : () -> {};
  }

  private <T> T onRecord(ObjectStore store, S3Object place, InFlightMarker note, Work<T> work)
      throws Exception {
    write(store, place, note);
    T done;
    try {
      done = work.run();
    } catch (Exception | Error e) {
      uninterrupted(
          endsProcesses(e)
              ? () -> write(store, place, note.fatal())
              : () -> stopped(store, place, note.attempt()),
          note);
      throw e;
    }
    uninterrupted(() -> stopped(store, place, note.attempt()), note);
    return done;
  }

  /** What an interrupted thread throws says nothing: the task has ended. */
  private static boolean isDefect(RuntimeException e) {
    return !(e instanceof UncheckedIOException)
        && !endsProcesses(e)
        && !Thread.currentThread().isInterrupted();
  }

  private static boolean endsProcesses(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof VirtualMachineError || e instanceof OnnxFailedException) {
        return true;
      }
    }
    return false;
  }

  /** A step on the record. */
  private interface Recording {
    void run() throws IOException;
  }

  /** Also when the task has ended and interrupted its work. Else it clears itself another time. */
  private static void uninterrupted(Recording recording, InFlightMarker note) {
    boolean interrupted = Thread.interrupted();
    try {
      recording.run();
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} stays on record as it was", note.about(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void stopped(ObjectStore store, S3Object place, Attempt attempt) throws IOException {
    Optional<InFlightMarker> now = read(store, place);
    if (now.isEmpty()) {
      return;
    }
    Optional<InFlightMarker> left = now.get().stopped(attempt);
    if (left.isEmpty()) {
      try {
        store.remove(place);
      } catch (ObjectUnavailableException e) {
        throw ownBucket(e);
      }
    } else if (!left.equals(now)) {
      write(store, place, left.get());
    }
  }

  private Optional<InFlightMarker> read(ObjectStore store, S3Object place) throws IOException {
    try {
      return Optional.of(JSON.readValue(store.get(place, MAX_BYTES), InFlightMarker.class));
    } catch (ObjectUnavailableException e) {
      if (e.reason() == ObjectUnavailableException.Reason.NO_SUCH_KEY) {
        return Optional.empty();
      }
      throw ownBucket(e);
    }
  }

  private void write(ObjectStore store, S3Object place, InFlightMarker note) throws IOException {
    try {
      store.put(place, JSON.writeValueAsBytes(note), "application/json", Optional.empty());
    } catch (ObjectUnavailableException e) {
      throw ownBucket(e);
    }
  }

  private IOException ownBucket(ObjectUnavailableException e) {
    return new IOException(
        "relook's own bucket " + settings.bucket() + " cannot be used: check s3.bucket.", e);
  }
}

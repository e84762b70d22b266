package io.relook.job.quarantine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.job.domain.BucketLayout;
import io.relook.job.kafka.TopicInstance;
import io.relook.job.quarantine.InFlightMarker.Attempt;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectUnavailableException;
import io.relook.learning.onnx.OnnxFailedException;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up a training, or a publication, on which relook itself fails, so that the job does not
 * restart again and again.
 *
 * <p><b>An exception.</b> Any unchecked exception except {@link UncheckedIOException} has no cause
 * outside relook and comes again with the same input: the work is given up at once.
 *
 * <p><b>The end of the process</b>, several times in a row. An in-flight marker in relook's own
 * bucket ({@link BucketLayout#IN_FLIGHT}) says which work goes on. It is removed when the work has
 * a result, and stays when the process ends. The next attempt, in another process, finds it and
 * counts. After {@link QuarantineSettings#maxTrainingCrashes} ends <b>in a row</b> the work is
 * given up. A failure of ONNX Runtime in native code, and an {@link OutOfMemoryError}, count as
 * such an end although the process lives: a GPU may be lost for a while, and other work may have
 * taken the memory.
 *
 * <p>A process that is killed from outside looks the same, and must not cost a sound training:
 *
 * <ul>
 *   <li>Work that was in flight when a process ended runs alone in its process from then on ({@link
 *       ExclusiveTurns}). So other work can be the cause of the first end only.
 *   <li>An attempt that stops while its process goes on, because the job restarts for another
 *       reason, clears all ends before.
 *   <li>An attempt that was counted as ended, but still ran, takes itself off the list when it
 *       stops ({@link InFlightMarker}).
 *   <li>The limit is high: a killer must hit the same training that often, each time before it
 *       ends. It is also higher than the number of ends that it takes to find a picture which ends
 *       the process while a training happens to be in flight.
 * </ul>
 *
 * <p>The marker of work that was given up stays: when a restart or a replay asks for the work
 * again, it is given up again, as long as the topic keeps its command. Creating the model again is
 * another cut, so relook tries it.
 *
 * <p>Keeps its own connection to the store, so that it can clear what is interrupted after the task
 * has closed everything. Safe for use by several threads.
 */
public final class InFlightGuard {
  /** Reason of a training that fails by a defect of relook; public, stable. */
  public static final String DEFECT = "DEFECT";

  private static final Logger LOG = LoggerFactory.getLogger(InFlightGuard.class);
  private static final int MAX_BYTES = 64 * 1024;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final AtomicLong ATTEMPTS = new AtomicLong();

  private final QuarantineSettings settings;
  private final String step;
  private final Optional<ExclusiveTurns> turns;
  private final String process;
  private final Clock clock;
  private final AtomicLong ignored = new AtomicLong();

  /** Work that is guarded. */
  @FunctionalInterface
  public interface Work<T> {
    /**
     * @param begunAgo how long ago the work began for the first time; zero in the first attempt
     */
    T run(Duration begunAgo) throws Exception;
  }

  /** The result of work that is given up. */
  @FunctionalInterface
  public interface GivenUp<T> {
    /**
     * @param reason a stable name
     * @param message a sentence that says what to do
     */
    T because(String reason, String message);
  }

  InFlightGuard(
      QuarantineSettings settings,
      String step,
      Optional<ExclusiveTurns> turns,
      String process,
      Clock clock) {
    this.settings = settings;
    this.step = step;
    this.turns = turns;
    this.process = process;
    this.clock = clock;
  }

  /**
   * A guard of long work, which can wait until it may run alone.
   *
   * @param step part of the names of the markers
   */
  public static InFlightGuard ofLongWork(QuarantineSettings settings, String step) {
    return new InFlightGuard(
        settings, step, Optional.of(ExclusiveTurns.OF_PROCESS), thisProcess(), Clock.systemUTC());
  }

  /**
   * A guard of short work, for which checkpoints wait: it does not wait for a turn. Ends of the
   * process in so short a time, several times in a row, are not a coincidence.
   *
   * @param step part of the names of the markers
   */
  public static InFlightGuard ofShortWork(QuarantineSettings settings, String step) {
    return new InFlightGuard(settings, step, Optional.empty(), thisProcess(), Clock.systemUTC());
  }

  /** In a container every process may have the number 1, but not the same start. */
  private static String thisProcess() {
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    return runtime.getName() + "@" + runtime.getStartTime();
  }

  /**
   * Runs work, with an in-flight marker while it runs.
   *
   * @param cutId names the work
   * @param about what it is, for the log
   * @param doing the same as a sentence continues after "while"
   * @throws IOException when the marker cannot be written
   * @throws Exception what the work throws
   */
  public <T> T run(String cutId, String about, String doing, Work<T> work, GivenUp<T> givenUp)
      throws Exception {
    try (ObjectStore store = settings.bucket().store().open()) {
      S3Object place = settings.bucket().object(BucketLayout.inFlight(step, cutId));
      Attempt attempt = new Attempt(process, ATTEMPTS.incrementAndGet());
      Optional<TopicInstance> topic = settings.topicOfCut(cutId);
      Optional<InFlightMarker> before = counting(read(store, place), topic, place);
      InFlightMarker marker =
          InFlightMarker.begun(
              about, attempt, before, topic.map(TopicInstance::id).orElse(null), clock.instant());
      if (marker.ends() >= settings.maxTrainingCrashes()) {
        LOG.error(
            "{} is given up: {} processes in a row ended while it was in flight",
            about,
            marker.ends());
        return givenUp.because("PROCESS_ENDED", PoisonMessages.ended(marker.ends(), doing));
      }
      if (marker.ends() > 0) {
        LOG.warn("{} was in flight when {} processes ended: it runs alone", about, marker.ends());
      }
      try (ExclusiveTurns.Turn turn = turn(marker.ends() > 0)) {
        return marked(store, place, marker, work);
      } catch (RuntimeException e) {
        if (!isDefect(e)) {
          throw e;
        }
        LOG.error("{} is given up", about, e);
        return givenUp.because(DEFECT, PoisonMessages.defect(e, doing));
      }
    }
  }

  private ExclusiveTurns.Turn turn(boolean alone) throws InterruptedException {
    return turns.isEmpty() ? () -> {} : alone ? turns.get().exclusive() : turns.get().shared();
  }

  private <T> T marked(ObjectStore store, S3Object place, InFlightMarker marker, Work<T> work)
      throws Exception {
    write(store, place, marker);
    T done;
    try {
      done = work.run(marker.begunAgo(clock.instant()));
    } catch (Exception | Error e) {
      if (endsProcesses(e)) {
        uninterrupted(() -> write(store, place, marker.fatal()), marker);
      } else {
        stopped(store, place, marker, isDefect(e) ? Optional.empty() : marker.waiting());
      }
      throw e;
    }
    stopped(store, place, marker, Optional.empty());
    return done;
  }

  /** An exception of an interrupted thread says nothing: the task has ended. */
  private static boolean isDefect(Throwable e) {
    return e instanceof RuntimeException
        && !(e instanceof UncheckedIOException)
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

  /** A write of the marker. */
  private interface Marking {
    void run() throws IOException;
  }

  /** Runs also when the task has ended and interrupted its work. */
  private static void uninterrupted(Marking marking, InFlightMarker marker) {
    boolean interrupted = Thread.interrupted();
    try {
      marking.run();
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("The in-flight marker of {} stays as it was", marker.about(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * @param own what is left of the marker, if no later attempt has made another
   */
  private void stopped(
      ObjectStore store, S3Object place, InFlightMarker marker, Optional<InFlightMarker> own) {
    uninterrupted(() -> leave(store, place, marker, own), marker);
  }

  private void leave(
      ObjectStore store, S3Object place, InFlightMarker marker, Optional<InFlightMarker> own)
      throws IOException {
    Optional<InFlightMarker> now = read(store, place);
    if (now.isEmpty()) {
      return;
    }
    Optional<InFlightMarker> left =
        now.get().isOf(marker) ? own : Optional.of(now.get().without(marker));
    if (left.isEmpty()) {
      try {
        store.remove(place);
      } catch (ObjectUnavailableException e) {
        throw settings.bucket().unusable(e);
      }
    } else if (!left.equals(now)) {
      write(store, place, left.get());
    }
  }

  /**
   * Without a marker of an earlier topic, whose cuts had the same ids, and without one of a command
   * that the topic does not keep any more.
   */
  private Optional<InFlightMarker> counting(
      Optional<InFlightMarker> marker, Optional<TopicInstance> topic, S3Object place) {
    Optional<InFlightMarker> counting =
        marker.filter(m -> m.written().in(topic, clock.instant()) == Written.Verdict.COUNTS);
    if (marker.isPresent() && counting.isEmpty()) {
      ignored.incrementAndGet();
      LOG.info("Ignored: {} speaks of an earlier topic, or is too old", place.getKey());
    }
    return counting;
  }

  /** A marker that cannot be read is as good as none: the next one takes its place. */
  private Optional<InFlightMarker> read(ObjectStore store, S3Object place) throws IOException {
    byte[] written;
    try {
      written = store.get(place, MAX_BYTES);
    } catch (ObjectUnavailableException e) {
      return switch (e.reason()) {
        case NO_SUCH_KEY -> Optional.empty();
        case TOO_LARGE -> unreadable(place, e);
        default -> throw settings.bucket().unusable(e);
      };
    }
    try {
      InFlightMarker marker = JSON.readValue(written, InFlightMarker.class);
      if (marker == null) {
        return unreadable(place, null);
      }
      // Their times are parsed now: a marker with a wrong one is not a marker.
      Objects.requireNonNull(marker.written());
      Objects.requireNonNull(marker.begunAgo(clock.instant()));
      return Optional.of(marker);
    } catch (IOException | DateTimeException e) {
      return unreadable(place, e);
    }
  }

  private Optional<InFlightMarker> unreadable(S3Object place, @Nullable Exception e) {
    ignored.incrementAndGet();
    LOG.warn(
        "{} in relook's own bucket is no in-flight marker, so it is ignored and replaced. Find out"
            + " who wrote it: only relook writes below {}.",
        place.getKey(),
        BucketLayout.IN_FLIGHT.prefix(),
        e);
    return Optional.empty();
  }

  /** Markers that did not count: unreadable, of another topic, aged out. */
  public long ignored() {
    return ignored.get();
  }

  private void write(ObjectStore store, S3Object place, InFlightMarker marker) throws IOException {
    try {
      store.put(place, JSON.writeValueAsBytes(marker), "application/json", Optional.empty());
    } catch (ObjectUnavailableException e) {
      throw settings.bucket().unusable(e);
    }
  }
}

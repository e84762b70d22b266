package io.relook.job.async;

import io.relook.job.log.LogContext;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Long work on few elements: a bounded number runs at once, the others wait. Flink's async operator
 * around this function keeps all of them in its checkpoints; after a crash their work starts again.
 *
 * <p>The time limit counts from the moment work begins: elements wait in line without a limit,
 * which is why Flink's own time-out, which counts the waiting too, is not used. Work that begins
 * again after a restart says with {@link #began} since when it really goes on.
 *
 * @param <IN> what to work on
 * @param <OUT> what comes out, one for each element
 */
public abstract class BoundedAsyncFunction<IN, OUT> extends RichAsyncFunction<IN, OUT> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(BoundedAsyncFunction.class);

  /**
   * Elements that the operator around this holds at most: far above the trainings that can be
   * admitted, because a full operator stops checkpoints. The threads decide how many really run.
   */
  public static final int CAPACITY = 10_000;

  private final int threads;
  private final String threadName;
  private final Duration timeLimit;
  private transient @Nullable ExecutorService executor;
  private transient ScheduledExecutorService timer;

  /** Elements that wait or run, by identity. */
  private transient Map<IN, InFlight<OUT>> inFlight;

  private transient AsyncMetrics metrics;

  /** An element that waits or runs. */
  private static final class InFlight<OUT> {
    private final Future<?> task;
    private final ResultFuture<OUT> result;
    private Optional<Future<?>> timeOut = Optional.empty();

    InFlight(Future<?> task, ResultFuture<OUT> result) {
      this.task = task;
      this.result = result;
    }

    synchronized void endsBy(Future<?> newTimeOut) {
      withoutLimit();
      timeOut = Optional.of(newTimeOut);
    }

    synchronized void withoutLimit() {
      timeOut.ifPresent(before -> before.cancel(false));
    }
  }

  /**
   * @param threads elements worked on at the same time
   * @param timeLimit how long the work on one element may take
   */
  @SuppressWarnings("NullAway.Init") // transient members are set when the function is opened
  protected BoundedAsyncFunction(int threads, String threadName, Duration timeLimit) {
    this.threads = threads;
    this.threadName = threadName;
    this.timeLimit = timeLimit;
  }

  /** Opens what {@link #work} needs. */
  protected abstract void openResources() throws Exception;

  /** Closes what was opened; called after the last work was interrupted. */
  protected abstract void closeResources() throws Exception;

  /**
   * Works on one element, in a thread of this function.
   *
   * @throws Exception when something outside the job fails; the job then restarts from its last
   *     checkpoint
   */
  protected abstract OUT work(IN element) throws Exception;

  /** The log context while an element is worked on. */
  protected abstract LogContext logContext(IN element);

  /** The result for an element whose time ran out. */
  protected abstract OUT timedOut(IN element);

  @Override
  public final void open(OpenContext context) throws Exception {
    openResources();
    inFlight = Collections.synchronizedMap(new IdentityHashMap<>());
    metrics = new AsyncMetrics(getRuntimeContext().getMetricGroup(), inFlight.keySet());
    timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> daemon(task, threadName + "-time-limit"));
    executor = Executors.newFixedThreadPool(threads, task -> daemon(task, threadName));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public final void asyncInvoke(IN element, ResultFuture<OUT> result) {
    ExecutorService open = executor;
    if (open == null) {
      throw new RejectedExecutionException("The function is not open");
    }
    FutureTask<?> task = new FutureTask<>(() -> workAndReport(element, result), null);
    inFlight.put(element, new InFlight<>(task, result));
    open.execute(task);
  }

  /**
   * Sets the clock of an element that is being worked on.
   *
   * @param ago how long ago the work began, before restarts included
   */
  protected final void began(IN element, Duration ago) {
    InFlight<OUT> one = inFlight.get(element);
    if (one != null) {
      long left = Math.max(0, timeLimit.minus(ago).toMillis());
      one.endsBy(timer.schedule(() -> timeOut(element), left, TimeUnit.MILLISECONDS));
    }
  }

  private void timeOut(IN element) {
    InFlight<OUT> one = inFlight.remove(element);
    if (one != null) {
      // Elements that wait behind it must not wait for work whose result is not used.
      one.task.cancel(true);
      try {
        one.result.complete(List.of(timedOut(element)));
      } catch (RejectedExecutionException e) {
        LOG.debug("The task ended before the time-out was reported", e);
      }
    }
  }

  private void workAndReport(IN element, ResultFuture<OUT> result) {
    long start = System.nanoTime();
    began(element, Duration.ZERO);
    try (LogContext context = logContext(element)) {
      OUT outcome = work(element);
      if (ended(element)) {
        result.complete(List.of(outcome));
      }
    } catch (Throwable e) { // Flink fails the task with it, so nothing is lost
      if (ended(element)) {
        fail(result, e);
      }
    } finally {
      metrics.workedSince(start);
    }
  }

  /** Whether the element's time did not run out before, with a result for that. */
  private boolean ended(IN element) {
    InFlight<OUT> one = inFlight.remove(element);
    if (one == null) {
      return false;
    }
    one.withoutLimit();
    return true;
  }

  private static void fail(ResultFuture<?> result, Throwable failure) {
    try {
      result.completeExceptionally(failure);
    } catch (RejectedExecutionException e) {
      LOG.debug("The task ended before its work did", failure);
    }
  }

  @Override
  public final void close() throws Exception {
    if (executor != null) {
      executor.shutdownNow();
      executor = null;
      timer.shutdownNow();
    }
    closeResources();
  }
}

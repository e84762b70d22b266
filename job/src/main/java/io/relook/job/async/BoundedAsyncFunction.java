package io.relook.job.async;

import io.relook.job.log.LogContext;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
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
  private transient @Nullable ExecutorService executor;

  /** Elements that wait or run, by identity: Flink passes the same object to {@link #timeout}. */
  private transient Map<IN, Future<?>> inFlight;

  private transient AsyncMetrics metrics;

  /**
   * @param threads elements worked on at the same time
   */
  @SuppressWarnings("NullAway.Init") // transient members are set when the function is opened
  protected BoundedAsyncFunction(int threads, String threadName) {
    this.threads = threads;
    this.threadName = threadName;
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
    inFlight.put(element, task);
    open.execute(task);
  }

  private void workAndReport(IN element, ResultFuture<OUT> result) {
    long start = System.nanoTime();
    try (LogContext context = logContext(element)) {
      OUT outcome = work(element);
      // If it is not in flight any more, its time ran out, and the result for that was reported.
      if (inFlight.remove(element) != null) {
        result.complete(List.of(outcome));
      }
    } catch (Throwable e) { // Flink fails the task with it, so nothing is lost
      if (inFlight.remove(element) != null) {
        fail(result, e);
      }
    } finally {
      metrics.workedSince(start);
    }
  }

  private static void fail(ResultFuture<?> result, Throwable failure) {
    try {
      result.completeExceptionally(failure);
    } catch (RejectedExecutionException e) {
      LOG.debug("The task ended before its work did", failure);
    }
  }

  @Override
  public final void timeout(IN element, ResultFuture<OUT> result) {
    Future<?> task = inFlight.remove(element);
    if (task != null) {
      // Elements that wait behind it must not wait for work whose result is not used.
      task.cancel(true);
      result.complete(List.of(timedOut(element)));
    }
  }

  @Override
  public final void close() throws Exception {
    if (executor != null) {
      executor.shutdownNow();
      executor = null;
    }
    closeResources();
  }
}

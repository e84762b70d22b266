package io.relook.job.async;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Does a slow step for several elements at once and emits the results in the order of the input.
 *
 * <p><b>Why not Flink's async operator.</b> That one keeps its unfinished elements in operator
 * state, which is redistributed when the job is rescaled. Elements of one partition then lose their
 * order, and a cut no longer separates earlier images from later ones. This operator waits, before
 * every barrier passes, until all its elements are finished and emitted. So it has no state, and
 * after a restart the source reads every element again that the checkpoint does not cover, in
 * order.
 *
 * <p><b>How.</b> Elements wait in a first-in-first-out queue while the operator's own threads work
 * on them. A thread that has finished puts a mail into the task's mailbox; the task's thread then
 * emits the finished elements at the head of the queue. When the queue is full, {@link
 * #processElement} waits for the head, which gives back-pressure. A barrier waits for the whole
 * queue, so keep it short (at most {@value OrderedDrainingOperatorFactory#MAX_QUEUE}).
 *
 * <p>The operator must be chained to its source, or at least get the elements of each partition
 * over one forward edge; see {@link OrderedDrainingOperatorFactory}.
 *
 * <p>When a step throws, the task fails once the turn of its element has come.
 */
public final class OrderedDrainingOperator<IN, OUT> extends AbstractStreamOperator<OUT>
    implements OneInputStreamOperator<IN, OUT> {
  private static final long serialVersionUID = 1L;

  /** Well above the time for one element, well below Flink's cancellation timeout of 180 s. */
  private static final long CLOSE_PATIENCE_SECONDS = 30;

  private final OrderedStep.Factory<IN, OUT> factory;
  private final int threads;
  private final int capacity;
  private final transient MailboxExecutor mailbox;
  private final transient Deque<Pending<OUT>> queue = new ArrayDeque<>();

  private transient @Nullable OrderedStep<IN, OUT> step;
  private transient @Nullable ExecutorService executor;

  OrderedDrainingOperator(
      StreamOperatorParameters<OUT> parameters,
      MailboxExecutor mailbox,
      OrderedStep.Factory<IN, OUT> factory,
      int threads,
      int capacity) {
    super(parameters);
    this.mailbox = mailbox;
    this.factory = factory;
    this.threads = threads;
    this.capacity = capacity;
  }

  @Override
  public void open() throws Exception {
    super.open();
    getMetricGroup().gauge("elementsInFlight", queue::size);
    step = factory.open(getRuntimeContext());
    executor =
        Executors.newFixedThreadPool(threads, namedThreads(getOperatorConfig().getOperatorName()));
  }

  @Override
  public void processElement(StreamRecord<IN> element) throws Exception {
    while (queue.size() >= capacity) {
      awaitMail();
    }
    IN value = element.getValue();
    Optional<OrderedStep.Emission<OUT>> atOnce = opened(step).atOnce(value);
    Pending<OUT> pending;
    if (atOnce.isPresent()) {
      pending = new Pending<>(element, CompletableFuture.completedFuture(atOnce.get()));
    } else {
      pending = new Pending<>(element, submit(value));
    }
    queue.addLast(pending);
    emitFinishedHeads();
  }

  /** No watermark overtakes an element. */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    drain();
    super.processWatermark(mark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    drain();
    super.prepareSnapshotPreBarrier(checkpointId);
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    if (step != null) {
      step.checkpointCompleted();
    }
  }

  @Override
  public void finish() throws Exception {
    drain();
    super.finish();
  }

  @Override
  public void close() throws Exception {
    ExecutorService running = executor;
    OrderedStep<IN, OUT> closing = step;
    executor = null;
    step = null;
    try {
      if (running != null && closing != null) {
        running.shutdownNow();
        closeAfter(running, closing);
      }
    } finally {
      super.close();
    }
  }

  /**
   * Closes the step once no thread works in it. Native code cannot be interrupted, and closing its
   * resources would end the whole process. So if the wait takes too long, an extra thread closes
   * the step later.
   */
  private void closeAfter(ExecutorService running, OrderedStep<IN, OUT> closing) throws Exception {
    boolean ended = false;
    try {
      ended = running.awaitTermination(CLOSE_PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (ended) {
      closing.close();
      return;
    }
    LOG.warn("{} still works on an element while its task closes", getOperatorName());
    Thread last =
        new Thread(
            () -> {
              try {
                running.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
                closing.close();
              } catch (Exception e) {
                LOG.warn("Closing a step after the end of its task failed", e);
              }
            },
            getOperatorName() + " closer");
    last.setDaemon(true);
    last.start();
  }

  private CompletableFuture<OrderedStep.Emission<OUT>> submit(IN value) {
    CompletableFuture<OrderedStep.Emission<OUT>> result = new CompletableFuture<>();
    OrderedStep<IN, OUT> worker = opened(step);
    opened(executor)
        .execute(
            () -> {
              try {
                result.complete(worker.work(value));
              } catch (Throwable e) { // thrown again in the task's thread, which fails the job
                result.completeExceptionally(e);
              }
              signal();
            });
    return result;
  }

  private void signal() {
    try {
      mailbox.execute(this::emitFinishedHeads, "emit finished elements");
    } catch (RejectedExecutionException e) {
      // The task is ending: either everything was drained before, or the job fails or is cancelled
      // and the source reads this element again.
      LOG.debug("An element was finished after its task had ended");
    }
  }

  private void drain() throws Exception {
    emitFinishedHeads();
    while (!queue.isEmpty()) {
      awaitMail();
    }
  }

  private void awaitMail() throws Exception {
    mailbox.yield();
    emitFinishedHeads();
  }

  private void emitFinishedHeads() throws Exception {
    for (Pending<OUT> head = queue.peekFirst();
        head != null && head.result.isDone();
        head = queue.peekFirst()) {
      // Removed first: emitting may run further mails.
      queue.removeFirst();
      head.emission().into(new TimedOutputs(head));
    }
  }

  private static <T> T opened(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("The operator is not open");
    }
    return part;
  }

  private static ThreadFactory namedThreads(String operator) {
    AtomicInteger number = new AtomicInteger();
    return runnable -> {
      Thread thread = new Thread(runnable, operator + " worker " + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** An element whose turn has not come. */
  private static final class Pending<OUT> {
    private final boolean timed;
    private final long time;
    private final CompletableFuture<OrderedStep.Emission<OUT>> result;

    // The stream record itself is reused by its sender: only its time is kept.
    Pending(StreamRecord<?> element, CompletableFuture<OrderedStep.Emission<OUT>> result) {
      this.timed = element.hasTimestamp();
      this.time = timed ? element.getTimestamp() : 0;
      this.result = result;
    }

    OrderedStep.Emission<OUT> emission() throws Exception {
      try {
        return result.join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        if (e.getCause() instanceof Exception cause) {
          throw cause;
        }
        throw e;
      }
    }

    <T> StreamRecord<T> record(T value) {
      return timed ? new StreamRecord<>(value, time) : new StreamRecord<>(value);
    }
  }

  private final class TimedOutputs implements OrderedStep.Outputs<OUT> {
    private final Pending<OUT> element;

    TimedOutputs(Pending<OUT> element) {
      this.element = element;
    }

    @Override
    public void main(OUT value) {
      output.collect(element.record(value));
    }

    @Override
    public <X> void side(OutputTag<X> tag, X value) {
      output.collect(tag, element.record(value));
    }
  }
}

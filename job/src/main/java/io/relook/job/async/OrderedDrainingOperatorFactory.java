package io.relook.job.async;

import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.legacy.YieldingOperatorFactory;

/**
 * Creates {@link OrderedDrainingOperator}s and chains them to the operator before them where Flink
 * can. Flink cannot chain operators of different slot sharing groups, as with a GPU: then the edge
 * must be a forward edge between operators of the same parallelism, or the elements of a partition
 * lose their order.
 */
public final class OrderedDrainingOperatorFactory<IN, OUT>
    extends AbstractStreamOperatorFactory<OUT>
    implements OneInputStreamOperatorFactory<IN, OUT>, YieldingOperatorFactory<OUT> {
  private static final long serialVersionUID = 1L;

  /** Longest queue. All its elements must be finished before a checkpoint can pass. */
  public static final int MAX_QUEUE = 32;

  private final OrderedStep.Factory<IN, OUT> step;
  private final int threads;
  private final int queue;

  /**
   * @param threads threads that work, at least one
   * @param queue elements held at most, 1 to {@value #MAX_QUEUE}
   */
  public OrderedDrainingOperatorFactory(OrderedStep.Factory<IN, OUT> step, int threads, int queue) {
    if (threads < 1) {
      throw new IllegalArgumentException("At least one thread is needed, not " + threads);
    }
    if (queue < 1 || queue > MAX_QUEUE) {
      throw new IllegalArgumentException(
          "The queue holds 1 to " + MAX_QUEUE + " elements, not " + queue);
    }
    this.step = step;
    this.threads = threads;
    this.queue = queue;
    this.chainingStrategy = ChainingStrategy.ALWAYS;
  }

  @Override
  @SuppressWarnings("unchecked") // the caller's type parameter is the operator made here
  public <T extends StreamOperator<OUT>> T createStreamOperator(
      StreamOperatorParameters<OUT> parameters) {
    return (T)
        new OrderedDrainingOperator<>(
            parameters, parameters.getMailboxExecutor(), step, threads, queue);
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return OrderedDrainingOperator.class;
  }
}

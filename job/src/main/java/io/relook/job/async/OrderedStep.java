package io.relook.job.async;

import java.io.Serializable;
import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.util.OutputTag;

/**
 * A slow step. It runs for several elements at once, and its results come out in the order of the
 * input.
 *
 * @param <IN> input; its sender must not change it afterwards, because the step keeps it while it
 *     works
 * @param <OUT> main output
 */
public interface OrderedStep<IN, OUT> extends AutoCloseable {

  /**
   * The result of an element that needs no work; empty when it needs work. Called in the task's
   * thread for every element, in order, so it must not block.
   */
  default Optional<Emission<OUT>> atOnce(IN element) {
    return Optional.empty();
  }

  /**
   * Works on one element. Called in the operator's own threads, for several elements at the same
   * time and in no particular order.
   *
   * @throws Exception fails the job, which then restarts from its last checkpoint
   */
  Emission<OUT> work(IN element) throws Exception;

  /** Called in the task's thread when a checkpoint is complete. */
  default void checkpointCompleted() {}

  /** Called once, after the last {@link #work} has ended or was interrupted. */
  @Override
  default void close() throws Exception {}

  /**
   * The output of an element; called in the task's thread when the turn of the element has come.
   */
  @FunctionalInterface
  interface Emission<OUT> {
    void into(Outputs<OUT> outputs);
  }

  /** Where results go. They get the timestamp of the input element. */
  interface Outputs<OUT> {
    void main(OUT value);

    <X> void side(OutputTag<X> tag, X value);
  }

  /** Opens the step where it runs. */
  @FunctionalInterface
  interface Factory<IN, OUT> extends Serializable {
    OrderedStep<IN, OUT> open(RuntimeContext context) throws Exception;
  }
}

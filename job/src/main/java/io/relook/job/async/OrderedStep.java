package io.relook.job.async;

import java.io.Serializable;
import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.util.OutputTag;

/**
 * A slow step done for several elements at once whose results come out in the order of the input.
 *
 * @param <IN> input; must not be changed by whoever emitted it, because it is held while worked on
 * @param <OUT> main output
 */
public interface OrderedStep<IN, OUT> extends AutoCloseable {

  /**
   * The result of an element that needs no work, or nothing when it must be worked on. Called in
   * the task's thread for every element, in order: must not block.
   */
  default Optional<Emission<OUT>> atOnce(IN element) {
    return Optional.empty();
  }

  /**
   * Works on one element. Called in the operator's own threads, for several elements at the same
   * time and in no particular order.
   *
   * @throws Exception fails the job, which then starts again from its last checkpoint
   */
  Emission<OUT> work(IN element) throws Exception;

  /** Called in the task's thread when a checkpoint is complete. */
  default void checkpointCompleted() {}

  /** Called once, after the last {@link #work} has ended or was interrupted. */
  @Override
  default void close() throws Exception {}

  /** What an element leads to; asked in the task's thread when the element's turn has come. */
  @FunctionalInterface
  interface Emission<OUT> {
    void into(Outputs<OUT> outputs);
  }

  /** Where results go; the time of the input element is kept. */
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

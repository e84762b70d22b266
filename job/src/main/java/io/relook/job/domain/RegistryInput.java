package io.relook.job.domain;

import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.Command;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.TrainingOutcome;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the registry reads: exactly one of {@code command}, {@code outcome} and {@code
 * datasetOutcome} is present, and {@code outputBucket} only beside a CreateModel.
 */
public record RegistryInput(
    KafkaRecord origin,
    @Nullable Command command,
    @Nullable TrainingOutcome outcome,
    @Nullable DatasetOutcome datasetOutcome,
    @Nullable OutputBucket outputBucket) {

  /** A command whose output bucket, if it has one, was not probed yet. */
  public static RegistryInput of(KafkaRecord origin, Command command) {
    return new RegistryInput(origin, command, null, null, null);
  }

  /** The end of a training. */
  public static RegistryInput of(KafkaRecord origin, TrainingOutcome outcome) {
    return new RegistryInput(origin, null, outcome, null, null);
  }

  /** A report about a data set. */
  public static RegistryInput of(KafkaRecord origin, DatasetOutcome outcome) {
    return new RegistryInput(origin, null, null, outcome, null);
  }

  /** This input with the result of probing its output bucket. */
  public RegistryInput with(OutputBucket found) {
    return new RegistryInput(origin, command, outcome, datasetOutcome, found);
  }

  /** Key of the registry. */
  public String account() {
    return match(
        (given, bucket) -> given.getAccount(),
        TrainingOutcome::getAccount,
        DatasetOutcome::getAccount);
  }

  /**
   * Calls the function of the part that is present.
   *
   * @param onCommand gets the command and what is known of its output bucket
   */
  public <R> R match(
      BiFunction<Command, OutputBucket, R> onCommand,
      Function<TrainingOutcome, R> onTrainingOutcome,
      Function<DatasetOutcome, R> onDatasetOutcome) {
    if (command != null) {
      return onCommand.apply(
          command, outputBucket == null ? OutputBucket.ASSUMED_WRITABLE : outputBucket);
    }
    if (outcome != null) {
      return onTrainingOutcome.apply(outcome);
    }
    if (datasetOutcome != null) {
      return onDatasetOutcome.apply(datasetOutcome);
    }
    throw new IllegalStateException("An input of the registry has a command or an outcome");
  }
}

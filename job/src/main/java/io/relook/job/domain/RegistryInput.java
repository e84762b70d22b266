package io.relook.job.domain;

import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.Command;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.TrainingOutcome;
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

  public static RegistryInput of(KafkaRecord origin, TrainingOutcome outcome) {
    return new RegistryInput(origin, null, outcome, null, null);
  }

  public static RegistryInput of(KafkaRecord origin, DatasetOutcome outcome) {
    return new RegistryInput(origin, null, null, outcome, null);
  }

  /** The same with what a probe of its output bucket found. */
  public RegistryInput with(OutputBucket found) {
    return new RegistryInput(origin, command, outcome, datasetOutcome, found);
  }

  /** Key of the registry. */
  public String account() {
    if (command != null) {
      return command.getAccount();
    }
    if (outcome != null) {
      return outcome.getAccount();
    }
    if (datasetOutcome != null) {
      return datasetOutcome.getAccount();
    }
    throw new IllegalStateException("An input of the registry has a command or an outcome");
  }
}

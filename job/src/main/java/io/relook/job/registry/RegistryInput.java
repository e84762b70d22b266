package io.relook.job.registry;

import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.Command;
import io.relook.wire.TrainingOutcome;
import org.jspecify.annotations.Nullable;

/** What the registry reads: exactly one of {@code command} and {@code outcome} is present. */
public record RegistryInput(
    KafkaRecord origin, @Nullable Command command, @Nullable TrainingOutcome outcome) {

  /** Key of the registry. */
  public String account() {
    if (command != null) {
      return command.getAccount();
    }
    if (outcome != null) {
      return outcome.getAccount();
    }
    throw new IllegalStateException("An input of the registry has a command or an outcome");
  }
}

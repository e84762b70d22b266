package io.relook.local;

import java.util.Optional;

/** Asks Flink's REST API what a running training does. */
final class TrainingWatch {
  private final LocalStack stack;

  TrainingWatch(LocalStack stack) {
    this.stack = stack;
  }

  Optional<String> stage() {
    return Optional.empty();
  }
}

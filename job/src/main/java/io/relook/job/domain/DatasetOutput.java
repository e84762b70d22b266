package io.relook.job.domain;

import org.jspecify.annotations.Nullable;

/**
 * What a data set asks the next stages to do: exactly one of {@code training} and {@code removal}
 * is present. Both travel in one stream because their order matters: a removal from before a
 * training must not run during it, or the training could lose its files.
 */
public record DatasetOutput(@Nullable TrainingOrder training, @Nullable ObjectRemoval removal) {

  /** A training to run. */
  public static DatasetOutput of(TrainingOrder training) {
    return new DatasetOutput(training, null);
  }

  /** Objects to remove, move or restore. */
  public static DatasetOutput of(ObjectRemoval removal) {
    return new DatasetOutput(null, removal);
  }
}

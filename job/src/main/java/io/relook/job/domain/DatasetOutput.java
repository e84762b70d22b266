package io.relook.job.domain;

import org.jspecify.annotations.Nullable;

/**
 * What a data set has done for it: exactly one of {@code training} and {@code removal} is present.
 * Both travel together because their order matters: a training must not lose its files to a removal
 * that was ordered before it.
 */
public record DatasetOutput(@Nullable TrainingOrder training, @Nullable ObjectRemoval removal) {

  public static DatasetOutput of(TrainingOrder training) {
    return new DatasetOutput(training, null);
  }

  public static DatasetOutput of(ObjectRemoval removal) {
    return new DatasetOutput(null, removal);
  }
}

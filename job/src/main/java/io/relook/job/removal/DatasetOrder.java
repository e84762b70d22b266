package io.relook.job.removal;

import io.relook.job.training.TrainingSet;
import org.jspecify.annotations.Nullable;

/**
 * What a data set has done for it: exactly one of {@code training} and {@code removal} is present.
 * Both travel together because their order matters: a training must not lose its files to a removal
 * that was ordered before it.
 */
public record DatasetOrder(@Nullable TrainingSet training, @Nullable Removal removal) {

  public static DatasetOrder of(TrainingSet training) {
    return new DatasetOrder(training, null);
  }

  public static DatasetOrder of(Removal removal) {
    return new DatasetOrder(null, removal);
  }
}

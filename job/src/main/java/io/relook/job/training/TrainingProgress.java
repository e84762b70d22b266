package io.relook.job.training;

import io.relook.learning.training.TrainingStage;

/** Receives the progress of a training. */
@FunctionalInterface
interface TrainingProgress {

  /** A stage begins. */
  void stage(TrainingStage stage);

  /**
   * Features that the store lacks are extracted, before the first stage. Called by several threads.
   *
   * @param done pictures looked at
   * @param all pictures of the training
   */
  default void extracting(int done, int all) {}
}

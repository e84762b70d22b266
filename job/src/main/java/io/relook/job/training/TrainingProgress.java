package io.relook.job.training;

import io.relook.learning.training.TrainingStage;

/** Told how far a training is. */
@FunctionalInterface
interface TrainingProgress {

  /** A stage begins. */
  void stage(TrainingStage stage);

  /**
   * Pictures whose features the store lacks meet the backbone before the first stage; called by
   * several threads.
   *
   * @param done pictures looked at
   * @param all pictures of the training
   */
  default void extracting(int done, int all) {}
}

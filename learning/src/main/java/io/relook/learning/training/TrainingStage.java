package io.relook.learning.training;

/** Where a training is; the order is the order of time. */
public enum TrainingStage {
  LOADING_FEATURES,
  FITTING_HEADS,
  CHOOSING_THRESHOLD,
  EXPORTING,
  SCORING_TEST_IMAGES,
  DONE
}

package io.relook.learning.training;

/**
 * Where a training is, in the order of time. The names are public: progress lines and measurements
 * carry them.
 */
public enum TrainingStage {
  /** Picture statistics, or features where those are not stored, are loaded and joined. */
  LOADING_FEATURES,
  /** Detectors are fitted to all folds, and for cross-validation to all but one or two. */
  FITTING_HEADS,
  /** Training pictures are scored out of fold; detectors, stack and threshold are chosen. */
  CHOOSING_THRESHOLD,
  /** The model file is written. */
  EXPORTING,
  /** Test pictures are scored by the file's nodes. */
  SCORING_TEST_IMAGES,
  DONE
}

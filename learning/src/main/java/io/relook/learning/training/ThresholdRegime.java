package io.relook.learning.training;

/** How a threshold was chosen, by what the training pictures support. */
public enum ThresholdRegime {
  /** Best F1 of the out-of-fold scores of good and anomalous training pictures. */
  BEST_F1,
  /** Just above the highest out-of-fold score of the good training pictures. */
  HIGHEST_GOOD,
  /** One good picture: twice its own score. A guess, to be replaced by more pictures. */
  SINGLE_PICTURE
}

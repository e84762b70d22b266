package io.relook.learning.data;

/**
 * How a model is trained, chosen by the number of distinct anomalous training pictures. The names
 * are public: provenance, model cards and reports carry them.
 */
public enum TrainingMode {
  /**
   * One good picture, or copies of one. A score of twice that picture's own statistics is
   * anomalous, which is a guess until more pictures arrive.
   */
  SINGLE_PICTURE,
  /** No anomalous picture: the maximum of the standardised unsupervised scores. */
  NORMALS_ONLY,
  /**
   * One to nine anomalous pictures: trained as without any, because weights fitted to so few would
   * describe these pictures rather than defects.
   */
  FEW_ANOMALIES,
  /** Ten to 49: a weighted stack, regularised towards the mean of the unsupervised scores. */
  STACKED,
  /** Fifty or more: a stack with weaker regularisation. */
  SUPERVISED;

  static TrainingMode of(int folds, int anomalous) {
    if (folds == 1) {
      return SINGLE_PICTURE;
    }
    if (anomalous == 0) {
      return NORMALS_ONLY;
    }
    if (anomalous < 10) {
      return FEW_ANOMALIES;
    }
    return anomalous < 50 ? STACKED : SUPERVISED;
  }

  /** Whether detectors and stack are fitted to anomalous pictures too. */
  public boolean learnsFromAnomalies() {
    return this == STACKED || this == SUPERVISED;
  }

  /** λ of the stack's ridge penalty. */
  public double regularisation() {
    return this == SUPERVISED ? 0.005 : 0.02;
  }
}

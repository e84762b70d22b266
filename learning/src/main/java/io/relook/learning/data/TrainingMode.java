package io.relook.learning.data;

/** What the training pictures support, by how many anomalous ones there are. */
public enum TrainingMode {
  /**
   * One good picture, or copies of one: twice its own statistics are anomalous. A guess until there
   * are more pictures.
   */
  SINGLE_PICTURE,
  /** No anomalous picture: the worst of all standardised novelty statistics. */
  NORMALS_ONLY,
  /** One to nine: as without; what they would choose says more about them than about defects. */
  FEW_ANOMALIES,
  /** Ten to forty-nine: a stack drawn towards those statistics' mean. */
  STACKED,
  /** Fifty and more: a stack that trusts its labels more. */
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

  public boolean learnsFromAnomalies() {
    return this == STACKED || this == SUPERVISED;
  }

  public double regularisation() {
    return this == SUPERVISED ? 0.005 : 0.02;
  }
}

package io.relook.learning.data;

import java.util.Optional;

/**
 * One labelled picture of a data set.
 *
 * @param id names it in scores; unique within the data set
 * @param anomalous its label
 * @param defectClass the kind of defect, where it is known
 * @param contentDigest equal for equal bytes; of several copies in one class only one is used, so
 *     that no picture is scored by a detector that was fitted to its copy
 * @param features its features
 * @param statistics its picture statistics, where they are stored
 */
public record LabelledFeatures(
    String id,
    boolean anomalous,
    Optional<String> defectClass,
    String contentDigest,
    FeatureSource features,
    StatisticsSource statistics) {

  /** A picture whose statistics are not stored. */
  public LabelledFeatures(
      String id,
      boolean anomalous,
      Optional<String> defectClass,
      String contentDigest,
      FeatureSource features) {
    this(id, anomalous, defectClass, contentDigest, features, StatisticsSource.NONE);
  }
}

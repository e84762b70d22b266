package io.relook.learning.data;

import java.util.Optional;

/**
 * One labelled picture of a data set.
 *
 * @param id names it in scores; unique within the data set
 * @param anomalous its label
 * @param defectClass what is wrong with it, where that is known
 * @param contentDigest equal for equal bytes: of such pictures of one class one is learned from, so
 *     that none is judged by its own copy
 * @param features its features
 * @param summary what heads learn from it, where that is stored
 */
public record LabelledFeatures(
    String id,
    boolean anomalous,
    Optional<String> defectClass,
    String contentDigest,
    FeatureSource features,
    StatisticsSource summary) {

  /** A picture whose summary is not stored. */
  public LabelledFeatures(
      String id,
      boolean anomalous,
      Optional<String> defectClass,
      String contentDigest,
      FeatureSource features) {
    this(id, anomalous, defectClass, contentDigest, features, StatisticsSource.NONE);
  }
}

package io.relook.job.dataset;

import io.relook.wire.Label;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts of one data set, kept up with every change.
 *
 * @param createdAt record time of the first image, in milliseconds since the epoch
 * @param updatedAt record time of the latest change, in milliseconds since the epoch
 * @param byDefectClass anomalous images by defect class, classes without images left out
 */
public record DatasetCounts(
    long createdAt,
    long updatedAt,
    int total,
    int normal,
    int anomaly,
    Map<String, Integer> byDefectClass) {

  static DatasetCounts empty(long createdAt) {
    return new DatasetCounts(createdAt, createdAt, 0, 0, 0, Map.of());
  }

  DatasetCounts with(Annotation annotation, long at) {
    return plus(annotation, 1, at);
  }

  DatasetCounts without(Annotation annotation, long at) {
    return plus(annotation, -1, at);
  }

  private DatasetCounts plus(Annotation annotation, int change, long at) {
    Map<String, Integer> classes = new HashMap<>(byDefectClass);
    if (annotation.defectClass() != null) {
      classes.merge(annotation.defectClass(), change, Integer::sum);
      classes.values().removeIf(count -> count == 0);
    }
    return new DatasetCounts(
        createdAt,
        Math.max(updatedAt, at),
        total + change,
        normal + (annotation.label() == Label.NORMAL ? change : 0),
        anomaly + (annotation.label() == Label.ANOMALY ? change : 0),
        classes);
  }
}

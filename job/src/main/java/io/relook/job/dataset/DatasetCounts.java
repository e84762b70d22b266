package io.relook.job.dataset;

import io.relook.job.domain.Annotation;
import io.relook.wire.DatasetStatus;
import io.relook.wire.Label;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts and status of one data set, kept up with every change.
 *
 * @param createdAt record time of the first image or of CreateDataset, in milliseconds since the
 *     epoch
 * @param updatedAt record time of the latest change, in milliseconds since the epoch
 * @param byDefectClass anomalous images by defect class, classes without images left out
 * @param status null in state of version 0.1: there images had updated it
 * @param statusMessage null with the status
 * @param reported whether the registry knows of it, by its own command or by our report
 * @param erasedPictures pictures of images that left it whose copies were erased
 */
public record DatasetCounts(
    long createdAt,
    long updatedAt,
    int total,
    int normal,
    int anomaly,
    Map<String, Integer> byDefectClass,
    @Nullable DatasetStatus status,
    @Nullable String statusMessage,
    boolean reported,
    int erasedPictures) {

  /** Text of the kind seen on the live service (spec: lookout-for-vision.md §4.1). */
  static final String UPDATED = "The dataset was updated successfully.";

  static DatasetCounts empty(long createdAt) {
    return new DatasetCounts(
        createdAt, createdAt, 0, 0, 0, Map.of(), DatasetStatus.UPDATE_COMPLETE, UPDATED, false, 0);
  }

  DatasetCounts with(Annotation annotation, long at) {
    return plus(annotation, 1, at);
  }

  DatasetCounts without(Annotation annotation, long at) {
    return plus(annotation, -1, at);
  }

  /** By a command: the registry knows of it. */
  DatasetCounts in(DatasetStatus next, String message, long at) {
    return new DatasetCounts(
        createdAt,
        Math.max(updatedAt, at),
        total,
        normal,
        anomaly,
        byDefectClass,
        next,
        message,
        true,
        erasedPictures);
  }

  /** By CreateDataset, which also adopts what images began. */
  DatasetCounts createdAt(long at) {
    return new DatasetCounts(
        at,
        Math.max(updatedAt, at),
        total,
        normal,
        anomaly,
        byDefectClass,
        status,
        statusMessage,
        reported,
        erasedPictures);
  }

  DatasetCounts nowReported() {
    return new DatasetCounts(
        createdAt,
        updatedAt,
        total,
        normal,
        anomaly,
        byDefectClass,
        status,
        statusMessage,
        true,
        erasedPictures);
  }

  DatasetCounts withErased(int pictures) {
    return new DatasetCounts(
        createdAt,
        updatedAt,
        total,
        normal,
        anomaly,
        byDefectClass,
        status,
        statusMessage,
        reported,
        erasedPictures + pictures);
  }

  DatasetStatus statusNow() {
    return status == null ? DatasetStatus.UPDATE_COMPLETE : status;
  }

  String statusMessageNow() {
    return statusMessage == null ? UPDATED : statusMessage;
  }

  private DatasetCounts plus(Annotation annotation, int change, long at) {
    Map<String, Integer> classes = new HashMap<>(byDefectClass);
    if (annotation.defectClass() != null) {
      classes.merge(annotation.defectClass(), change, Integer::sum);
      classes.values().removeIf(count -> count == 0);
    }
    boolean resting =
        switch (statusNow()) {
          case CREATE_COMPLETE, UPDATE_COMPLETE, UPDATE_FAILED_ROLLBACK_COMPLETE -> true;
          default -> false;
        };
    return new DatasetCounts(
        createdAt,
        Math.max(updatedAt, at),
        total + change,
        normal + (annotation.label() == Label.NORMAL ? change : 0),
        anomaly + (annotation.label() == Label.ANOMALY ? change : 0),
        classes,
        resting ? DatasetStatus.UPDATE_COMPLETE : status,
        resting ? UPDATED : statusMessage,
        reported,
        erasedPictures);
  }
}

package io.relook.job.dataset;

import io.relook.job.domain.Annotation;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetImageStats;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.ImportCounts;
import io.relook.wire.Label;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts and status of one data set, kept up to date with every change.
 *
 * @param images numbers of images
 * @param life status and times
 * @param reported whether the registry knows the data set, from a command or from a report
 * @param erasedPictures number of pictures whose copies were erased after their images left the
 *     data set
 */
public record DatasetCounts(Images images, Life life, boolean reported, int erasedPictures) {

  /** Text of the kind seen on the live service (spec: lookout-for-vision.md §4.1). */
  static final String UPDATED = "The dataset was updated successfully.";

  /**
   * Images of the data set.
   *
   * @param byDefectClass anomalous images by defect class, without classes that have none
   */
  public record Images(int total, int normal, int anomaly, Map<String, Integer> byDefectClass) {

    private Images plus(Annotation annotation, int change) {
      Map<String, Integer> classes = new HashMap<>(byDefectClass);
      if (annotation.defectClass() != null) {
        classes.merge(annotation.defectClass(), change, Integer::sum);
        classes.values().removeIf(count -> count == 0);
      }
      return new Images(
          total + change,
          normal + (annotation.label() == Label.NORMAL ? change : 0),
          anomaly + (annotation.label() == Label.ANOMALY ? change : 0),
          classes);
    }
  }

  /**
   * What the API says about the data set itself.
   *
   * @param createdAt record time of the first image or of CreateDataset, in milliseconds since the
   *     epoch
   * @param updatedAt record time of the latest change, in milliseconds since the epoch
   * @param lastImport what became of the lines of the import that ended last; null once something
   *     else has changed the data set
   */
  public record Life(
      long createdAt,
      long updatedAt,
      DatasetStatus status,
      String message,
      @Nullable Lines lastImport) {

    Life(long createdAt, long updatedAt, DatasetStatus status, String message) {
      this(createdAt, updatedAt, status, message, null);
    }

    private Life in(DatasetStatus next, String text, long at) {
      return new Life(createdAt, Math.max(updatedAt, at), next, text);
    }

    /** After an image was added or removed. The status of an import that runs or failed stays. */
    private Life changed(long at) {
      return switch (status) {
        case CREATE_COMPLETE, UPDATE_COMPLETE, UPDATE_FAILED_ROLLBACK_COMPLETE ->
            in(DatasetStatus.UPDATE_COMPLETE, UPDATED, at);
        default -> in(status, message, at);
      };
    }
  }

  /**
   * Lines of an import.
   *
   * @param read lines of the manifest
   * @param taken images that the data set took
   * @param unlabelled those of them without a label
   * @param rejected images that it did not take
   */
  public record Lines(int read, int taken, int unlabelled, int rejected) {}

  static DatasetCounts empty(long createdAt) {
    return new DatasetCounts(
        new Images(0, 0, 0, Map.of()),
        new Life(createdAt, createdAt, DatasetStatus.UPDATE_COMPLETE, UPDATED),
        false,
        0);
  }

  DatasetCounts with(Annotation annotation, long at) {
    return new DatasetCounts(
        images.plus(annotation, 1), life.changed(at), reported, erasedPictures);
  }

  DatasetCounts without(Annotation annotation, long at) {
    return new DatasetCounts(
        images.plus(annotation, -1), life.changed(at), reported, erasedPictures);
  }

  /** The counts with a status that a command sets, so the registry knows the data set. */
  DatasetCounts in(DatasetStatus next, String message, long at) {
    return new DatasetCounts(images, life.in(next, message, at), true, erasedPictures);
  }

  /** The counts after an import that ended with these lines. */
  DatasetCounts imported(DatasetStatus next, String message, Lines lines, long at) {
    Life ended = new Life(life.createdAt(), Math.max(life.updatedAt(), at), next, message, lines);
    return new DatasetCounts(images, ended, true, erasedPictures);
  }

  /**
   * The counts after CreateDataset, which also takes over a data set that began with its images.
   */
  DatasetCounts createdAt(long at) {
    Life created = new Life(at, Math.max(life.updatedAt(), at), life.status(), life.message());
    return new DatasetCounts(images, created, reported, erasedPictures);
  }

  DatasetCounts nowReported() {
    return new DatasetCounts(images, life, true, erasedPictures);
  }

  DatasetCounts withErased(int pictures) {
    return new DatasetCounts(images, life, reported, erasedPictures + pictures);
  }

  /**
   * The data set for everybody.
   *
   * @param arn of the data set
   */
  DatasetDescription description(String account, String project, DatasetType type, String arn) {
    return DatasetDescription.newBuilder()
        .setAccount(account)
        .setDatasetArn(arn)
        .setProjectName(project)
        .setDatasetType(type)
        .setCreationTimestamp(Instant.ofEpochMilli(life.createdAt()))
        .setLastUpdatedTimestamp(Instant.ofEpochMilli(life.updatedAt()))
        .setStatus(life.status())
        .setStatusMessage(life.message())
        .setImageStats(
            new DatasetImageStats(
                images.total(),
                images.normal() + images.anomaly(),
                images.normal(),
                images.anomaly()))
        .setImagesByDefectClass(images.byDefectClass())
        .setErasedPictures(erasedPictures)
        .setLastImport(counts(life.lastImport()))
        .build();
  }

  private static @Nullable ImportCounts counts(@Nullable Lines lines) {
    return lines == null
        ? null
        : new ImportCounts(lines.read(), lines.taken(), lines.unlabelled(), lines.rejected());
  }
}

package io.relook.job.domain;

import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an image besides its pixels.
 *
 * @param label normal, anomalous or unlabelled
 * @param defectClass name of its defect class; null when it has none
 * @param dataset train or test data set
 * @param labelAttribute name of the label attribute in the manifest the label came from
 * @param humanAnnotated whether a person labelled it
 * @param creationDate date of the annotation as its source wrote it; null when it wrote none
 * @param jobName labelling job that its source named; null when it named none
 * @param importedLine the line of a manifest that it came from; null when a client sent it, and in
 *     the data set
 */
public record Annotation(
    Label label,
    @Nullable String defectClass,
    DatasetType dataset,
    String labelAttribute,
    boolean humanAnnotated,
    @Nullable String creationDate,
    @Nullable String jobName,
    @Nullable ImportedLine importedLine) {

  /** Of an image that a client sent. */
  public Annotation(
      Label label,
      @Nullable String defectClass,
      DatasetType dataset,
      String labelAttribute,
      boolean humanAnnotated,
      @Nullable String creationDate,
      @Nullable String jobName) {
    this(label, defectClass, dataset, labelAttribute, humanAnnotated, creationDate, jobName, null);
  }

  /** As it is kept in the data set: the import has ended by the time it could matter. */
  public Annotation kept() {
    return importedLine == null
        ? this
        : new Annotation(
            label, defectClass, dataset, labelAttribute, humanAnnotated, creationDate, jobName);
  }
}

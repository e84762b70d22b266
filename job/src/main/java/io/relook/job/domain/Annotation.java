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
 */
public record Annotation(
    Label label,
    @Nullable String defectClass,
    DatasetType dataset,
    String labelAttribute,
    boolean humanAnnotated,
    @Nullable String creationDate,
    @Nullable String jobName) {}

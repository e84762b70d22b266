package io.relook.job.domain;

import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an image besides its pixels.
 *
 * @param labelAttribute name of the label attribute in the manifest the label came from
 * @param creationDate date of the annotation as its source wrote it
 */
public record Annotation(
    Label label,
    @Nullable String defectClass,
    DatasetType dataset,
    String labelAttribute,
    boolean humanAnnotated,
    @Nullable String creationDate,
    @Nullable String jobName) {}

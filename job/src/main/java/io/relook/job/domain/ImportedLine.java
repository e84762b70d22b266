package io.relook.job.domain;

import org.jspecify.annotations.Nullable;

/**
 * That an image came from an import of a manifest, and whether it was rejected before it reached
 * the data set, which counts what became of the lines.
 *
 * @param importId the import: place of the command that asked for it
 * @param rejection why the image was rejected: a sentence; null when it was not
 */
public record ImportedLine(String importId, @Nullable String rejection) {}

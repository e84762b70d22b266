package io.relook.job.domain;

import io.relook.wire.DatasetType;
import io.relook.wire.S3Object;
import org.jspecify.annotations.Nullable;

/**
 * A manifest to import into a data set.
 *
 * @param cutId place of the command that asked for it
 * @param operation CreateDataset or UpdateDatasetEntries: it decides the limit on bytes
 * @param caller who asked for it; null when the command named nobody
 * @param manifest where the manifest is, in JSON Lines
 * @param imageBucket bucket of the images that the data set already has; those of the manifest must
 *     be in it too. Null when the data set has no image in S3
 */
public record ImportRequest(
    String account,
    String project,
    DatasetType dataset,
    String cutId,
    String operation,
    @Nullable String caller,
    S3Object manifest,
    @Nullable String imageBucket) {}

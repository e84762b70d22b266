package io.relook.job.domain;

import io.relook.wire.DatasetType;
import io.relook.wire.S3Object;
import org.jspecify.annotations.Nullable;

/**
 * A manifest to import into a data set.
 *
 * @param cutId place of the command that asked for it
 * @param operation CreateDataset or UpdateDatasetEntries: it decides the limit on bytes
 * @param manifest JSON Lines
 * @param imageBucket bucket of the images that the data set has already, in which the manifest's
 *     must be too; null when it has none in S3
 */
public record ImportRequest(
    String account,
    String project,
    DatasetType dataset,
    String cutId,
    String operation,
    S3Object manifest,
    @Nullable String imageBucket) {}

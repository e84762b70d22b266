package io.relook.job.dataset;

import io.relook.wire.DatasetType;

/**
 * One of relook's own objects that waits for its erasure, because its image is gone.
 *
 * @param dataset data set that the image belonged to
 * @param dueAt processing time from which the object may be erased, in milliseconds since the epoch
 */
public record DueErasure(DatasetType dataset, long dueAt) {}

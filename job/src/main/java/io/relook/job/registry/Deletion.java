package io.relook.job.registry;

/**
 * The last deletion of a data set. A report about images from before it is stale.
 *
 * @param cutId place of the command
 * @param timestamp record time of the command, in milliseconds since the epoch
 */
public record Deletion(String cutId, long timestamp) {}

package io.relook.job.retry;

import io.relook.wire.ImageRetry;
import org.jspecify.annotations.Nullable;

/**
 * What became of one more try.
 *
 * @param retry the message to write; null when the image waits on
 */
public record Retried(@Nullable ImageRetry retry) {}

package io.relook.job.dataset;

import io.relook.job.domain.ImageChange;

/**
 * A change or marker that waits for a cut.
 *
 * @param arrival its place in the order in which the project's changes began to wait
 */
public record BufferedChange(long arrival, ImageChange change) {}

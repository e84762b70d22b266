package io.relook.job.domain;

import io.relook.learning.picture.PictureLimits;
import java.io.Serializable;

/**
 * Bounds of images.
 *
 * @param maxInlineBytes largest encoded picture or mask inside a message
 * @param pictures bounds of every picture
 * @param partitioning which partitions they may stand in
 */
public record ImageLimits(long maxInlineBytes, PictureLimits pictures, Partitioning partitioning)
    implements Serializable {}

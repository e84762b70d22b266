package io.relook.job.domain;

import io.relook.learning.picture.PictureLimits;
import java.io.Serializable;

/**
 * Bounds of the pictures of images.
 *
 * @param maxInlineBytes largest encoded picture or mask inside a message
 * @param pictures bounds of every picture
 */
public record ImageLimits(long maxInlineBytes, PictureLimits pictures) implements Serializable {}

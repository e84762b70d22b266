package io.relook.job.training;

import io.relook.job.dataset.Annotation;
import io.relook.job.dataset.Picture;

/**
 * One image of a training.
 *
 * @param side part of the data the image serves in
 */
public record ManifestLine(String sourceRef, Side side, Annotation annotation, Picture picture) {

  /** The two parts of a data set. */
  public enum Side {
    /** Learned from. */
    TRAIN,
    /** Measured on. */
    TEST
  }
}

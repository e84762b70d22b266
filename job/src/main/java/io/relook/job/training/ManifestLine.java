package io.relook.job.training;

import io.relook.job.dataset.Annotation;
import io.relook.job.dataset.Mask;
import io.relook.job.dataset.Picture;
import org.jspecify.annotations.Nullable;

/**
 * One image of a training.
 *
 * @param side part of the data the image serves in
 * @param mask where its defects are; null when nobody said
 */
public record ManifestLine(
    String sourceRef, Side side, Annotation annotation, Picture picture, @Nullable Mask mask) {

  /** The same image with its features under another key. */
  public ManifestLine withFeatures(String featuresKey) {
    return picture.featuresKey().equals(featuresKey)
        ? this
        : new ManifestLine(sourceRef, side, annotation, picture.withFeatures(featuresKey), mask);
  }

  /** The two parts of a data set. */
  public enum Side {
    /** Learned from. */
    TRAIN,
    /** Measured on. */
    TEST
  }
}

package io.relook.job.domain;

import org.jspecify.annotations.Nullable;

/**
 * One image of a training.
 *
 * @param split part of the data the image serves in
 * @param mask where its defects are; null when nobody said
 */
public record TrainingImage(
    String sourceRef,
    Split split,
    Annotation annotation,
    StoredPicture picture,
    @Nullable Mask mask) {

  /** The same image with its features under another key. */
  public TrainingImage withFeatures(String featuresKey) {
    return picture.featuresKey().equals(featuresKey)
        ? this
        : new TrainingImage(sourceRef, split, annotation, picture.withFeatures(featuresKey), mask);
  }
}

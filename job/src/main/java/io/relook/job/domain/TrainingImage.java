package io.relook.job.domain;

import org.jspecify.annotations.Nullable;

/**
 * One image of a training.
 *
 * @param sourceRef identity of the image within the project
 * @param split whether the image is for training or for testing
 * @param annotation label and where it came from
 * @param picture its picture and features
 * @param mask where its defects are; null when the image has no mask
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

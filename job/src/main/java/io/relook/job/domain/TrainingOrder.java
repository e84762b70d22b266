package io.relook.job.domain;

import io.relook.wire.ModelMetadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The images of a training, as the cut found them.
 *
 * @param model the model as CreateModel described it
 * @param cutId cut that started the training
 * @param images sorted by source reference
 * @param parent model that the training may build on; null for none
 * @param leftOut images that could not be read, as a sentence; null for none
 */
public record TrainingOrder(
    ModelMetadata model,
    String cutId,
    List<TrainingImage> images,
    @Nullable ParentModel parent,
    @Nullable String leftOut) {

  /** A training that no image is left out of. */
  public TrainingOrder(
      ModelMetadata model, String cutId, List<TrainingImage> images, @Nullable ParentModel parent) {
    this(model, cutId, images, parent, null);
  }
}

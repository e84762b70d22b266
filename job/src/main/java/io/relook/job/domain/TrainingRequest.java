package io.relook.job.domain;

import io.relook.wire.ModelMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A training to run: everything it depends on is in the manifest and in what its parent left.
 *
 * @param model the model as it was announced
 * @param cutId cut that started the training
 * @param manifestKey key of the training manifest in relook's own bucket
 * @param manifestDigest SHA-256 of the training manifest, in hexadecimal
 * @param parent model that the training may build on
 * @param failure why there is nothing to train from, when the manifest could not be written
 */
public record TrainingRequest(
    ModelMetadata model,
    String cutId,
    String manifestKey,
    String manifestDigest,
    @Nullable ParentModel parent,
    TrainingResult.@Nullable Failure failure) {

  /** A training whose manifest is written. */
  public TrainingRequest(
      ModelMetadata model,
      String cutId,
      String manifestKey,
      String manifestDigest,
      @Nullable ParentModel parent) {
    this(model, cutId, manifestKey, manifestDigest, parent, null);
  }
}

package io.relook.job.domain;

import io.relook.wire.ModelMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A training to run: everything it depends on is in the manifest and in the training state of its
 * parent.
 *
 * @param model the model as CreateModel described it
 * @param cutId cut that started the training
 * @param manifestKey key of the training manifest in relook's own bucket
 * @param manifestDigest SHA-256 of the training manifest, in hexadecimal
 * @param parent model that the training may build on; null for none
 * @param leftOut images that could not be read, as a sentence; null for none
 * @param failure why the training cannot run, when its manifest could not be written; else null
 */
public record TrainingRequest(
    ModelMetadata model,
    String cutId,
    String manifestKey,
    String manifestDigest,
    @Nullable ParentModel parent,
    @Nullable String leftOut,
    TrainingResult.@Nullable Failure failure) {

  /** A training whose manifest is written. */
  public TrainingRequest(
      ModelMetadata model,
      String cutId,
      String manifestKey,
      String manifestDigest,
      @Nullable ParentModel parent) {
    this(model, cutId, manifestKey, manifestDigest, parent, null, null);
  }
}

package io.relook.job.training;

import io.relook.wire.ModelMetadata;
import java.util.List;

/**
 * The images of a training, as the cut found them.
 *
 * @param model the model as it was announced
 * @param cutId cut that started the training
 * @param lines sorted by source reference
 */
public record TrainingSet(ModelMetadata model, String cutId, List<ManifestLine> lines) {}

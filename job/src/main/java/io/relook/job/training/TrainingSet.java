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
public record TrainingSet(ModelMetadata model, String cutId, List<ManifestLine> lines) {

  /** Key in relook's own bucket under which a trained model waits to be published. */
  public static String modelKey(ModelMetadata model, String digest) {
    return "trainings/"
        + model.getAccount()
        + "/"
        + model.getProjectName()
        + "/"
        + model.getModelVersion()
        + "/"
        + digest
        + ".onnx";
  }
}

package io.relook.job.dataset;

import io.relook.job.quarantine.InFlightGuard;
import io.relook.job.quarantine.PoisonMessages;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.DatasetType;
import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import io.relook.wire.UpdateDatasetEntries;
import java.util.List;

/**
 * What follows a cut on which the data set failed: the registry waits for the end of the training
 * or import that did not begin, and must not wait for ever. Pure.
 */
final class UndoneCut {

  private UndoneCut() {}

  /**
   * The effects in place of the cut's own.
   *
   * @param defect what the decision threw
   */
  static List<DatasetEffect> effects(CutMarker cut, Throwable defect) {
    if (cut.getDatasetOutcome() != null) {
      return List.of();
    }
    Object command = cut.getCommand();
    ModelMetadata model = cut.getModel();
    if (command instanceof CreateModel && model != null) {
      return List.of(noTraining(cut, model, defect));
    }
    if (command instanceof CreateDataset create && create.getGroundTruthManifest() != null) {
      return List.of(noImport(cut, create.getDatasetType(), defect));
    }
    if (command instanceof UpdateDatasetEntries update) {
      return List.of(noImport(cut, update.getDatasetType(), defect));
    }
    return List.of();
  }

  private static DatasetEffect noTraining(CutMarker cut, ModelMetadata model, Throwable defect) {
    return new DatasetEffect.CannotTrain(
        TrainingOutcome.newBuilder()
            .setAccount(model.getAccount())
            .setProjectName(model.getProjectName())
            .setModelVersion(model.getModelVersion())
            .setModelArn(model.getModelArn())
            .setCutId(cut.getCutId())
            .setEndedAt(cut.getAdmittedAt())
            .setOutcome(
                new TrainingFailed(
                    InFlightGuard.DEFECT,
                    PoisonMessages.defect(defect, "this model's images were being selected")))
            .build());
  }

  private static DatasetEffect noImport(CutMarker cut, DatasetType dataset, Throwable defect) {
    return new DatasetEffect.CannotImport(
        DatasetOutcome.newBuilder()
            .setAccount(cut.getAccount())
            .setProjectName(cut.getProject())
            .setDatasetType(dataset)
            .setCutId(cut.getCutId())
            .setKind(DatasetOutcomeKind.IMPORT_REFUSED)
            .setMessage(PoisonMessages.cannotImport(defect))
            .setEndedAt(cut.getAdmittedAt())
            .build());
  }
}

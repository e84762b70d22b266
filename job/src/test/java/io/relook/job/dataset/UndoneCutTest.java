package io.relook.job.dataset;

import static io.relook.job.dataset.DatasetFixtures.ACCOUNT;
import static io.relook.job.dataset.DatasetFixtures.NOON;
import static io.relook.job.dataset.DatasetFixtures.PROJECT;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.wire.CreateDataset;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.S3Object;
import io.relook.wire.UpdateDatasetEntries;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever waits for what a failed cut should have begun is told that it did not. */
class UndoneCutTest {
  private static final S3Object MANIFEST = new S3Object("uploads", "manifest", null);
  private static final Throwable DEFECT = new IllegalStateException("a defect");

  @Test
  void anImportEndsThatDidNotBegin() {
    List<DatasetEffect> effects =
        UndoneCut.effects(
            cut(
                UpdateDatasetEntries.newBuilder()
                    .setProjectName(PROJECT)
                    .setDatasetType(DatasetType.TEST)
                    .setChanges(MANIFEST)
                    .build()),
            DEFECT);

    assertThat(effects).hasSize(1);
    DatasetOutcome outcome = ((DatasetEffect.CannotImport) effects.get(0)).outcome();
    assertThat(outcome.getKind()).isEqualTo(DatasetOutcomeKind.IMPORT_REFUSED);
    assertThat(outcome.getDatasetType()).isEqualTo(DatasetType.TEST);
    assertThat(outcome.getCutId()).isEqualTo("relook.commands-0-7");
    assertThat(outcome.getMessage())
        .isEqualTo(
            "relook failed before it read the manifest: IllegalStateException: a defect. Nothing"
                + " was imported. This is a defect of relook: report it with the log of the task"
                + " manager, and send the command again once it is fixed.");
  }

  @Test
  void soDoesTheImportOfANewDataSet() {
    CreateDataset.Builder create =
        CreateDataset.newBuilder().setProjectName(PROJECT).setDatasetType(DatasetType.TRAIN);

    assertThat(UndoneCut.effects(cut(create.build()), DEFECT)).as("an empty one").isEmpty();
    create.setGroundTruthManifest(MANIFEST);
    assertThat(UndoneCut.effects(cut(create.build()), DEFECT))
        .hasOnlyElementsOfType(DatasetEffect.CannotImport.class)
        .hasSize(1);
  }

  @Test
  void nobodyWaitsForADeletion() {
    assertThat(
            UndoneCut.effects(
                cut(
                    DeleteDataset.newBuilder()
                        .setProjectName(PROJECT)
                        .setDatasetType(DatasetType.TRAIN)
                        .build()),
                DEFECT))
        .isEmpty();
  }

  private static CutMarker cut(Object command) {
    return CutMarker.newBuilder()
        .setAccount(ACCOUNT)
        .setProject(PROJECT)
        .setCutId("relook.commands-0-7")
        .setPartition(0)
        .setPartitions(1)
        .setAdmittedAt(NOON)
        .setCommand(command)
        .build();
  }
}

package io.relook.job.registry;

import static io.relook.job.registry.RegistryCommands.answer;
import static io.relook.job.registry.RegistryCommands.cuts;
import static io.relook.job.registry.RegistryCommands.exception;
import static io.relook.job.registry.RegistryFixtures.aCreateModel;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.contract.Contract;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateProject;
import io.relook.wire.DatasetMetadata;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteProject;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ResourceArn;
import io.relook.wire.ResourceType;
import io.relook.wire.S3Object;
import io.relook.wire.ServiceException;
import io.relook.wire.UpdateDatasetEntries;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatasetCommandsTest {
  private static final S3Object MANIFEST = new S3Object("factory", "train.manifest", null);
  private static final String TRAIN_ARN =
      "arn:aws:lookoutvision:us-east-1:123456789012:dataset/bolts/train";

  private final RegistryCommands registry = new RegistryCommands();

  @BeforeEach
  void aProject() {
    registry.send(new CreateProject("bolts", null));
  }

  @Test
  @Contract("DATASET-CREATE-EMPTY")
  void anEmptyDatasetIsCompleteAtOnce() {
    List<RegistryEffect> effects = registry.send(create(DatasetType.TRAIN, null));

    assertThat(answer(effects, DatasetMetadata.class))
        .isEqualTo(
            new DatasetMetadata(
                DatasetType.TRAIN,
                registry.now(),
                DatasetStatus.CREATE_COMPLETE,
                "The dataset was created successfully."));
    assertThat(cuts(effects)).hasSize(1);
    assertThat(cuts(effects).get(0).marker().getCommand())
        .isEqualTo(create(DatasetType.TRAIN, null));
  }

  @Test
  @Contract("DATASET-CREATE-MANIFEST")
  void aDatasetFromAManifestIsInProgress() {
    List<RegistryEffect> effects = registry.send(create(DatasetType.TRAIN, MANIFEST));

    assertThat(answer(effects, DatasetMetadata.class))
        .isEqualTo(
            new DatasetMetadata(
                DatasetType.TRAIN,
                registry.now(),
                DatasetStatus.CREATE_IN_PROGRESS,
                "The dataset is creating."));
  }

  @Test
  @Contract("EX-CONFLICT-DATASET")
  void aDatasetThatExistsIsAConflict() {
    registry.send(create(DatasetType.TRAIN, null));

    ServiceException exception = exception(registry.send(create(DatasetType.TRAIN, MANIFEST)));
    assertThat(exception.getCode()).isEqualTo(ExceptionCode.ConflictException);
    assertThat(exception.getResourceId()).isEqualTo(TRAIN_ARN);
    assertThat(exception.getResourceType()).isEqualTo(ResourceType.DATASET);
    assertThat(exception.getMessage())
        .isEqualTo(
            "The project bolts has a train data set already: change it with UpdateDatasetEntries or"
                + " by sending images, or delete it with DeleteDataset and create it again.");
    answer(registry.send(create(DatasetType.TEST, null)), DatasetMetadata.class);
  }

  @Test
  @Contract("DATASET-ADOPT")
  void aDatasetThatImagesBeganIsAdopted() {
    registry.began(DatasetType.TRAIN, null);

    assertThat(
            answer(registry.send(create(DatasetType.TRAIN, null)), DatasetMetadata.class)
                .getStatus())
        .isEqualTo(DatasetStatus.CREATE_COMPLETE);
    assertThat(exception(registry.send(create(DatasetType.TRAIN, null))).getCode())
        .isEqualTo(ExceptionCode.ConflictException);
  }

  @Test
  void aDatasetThatImagesBeganCanBeUpdatedAndDeleted() {
    registry.began(DatasetType.TRAIN, null);

    answer(registry.send(update()), DatasetMetadata.class);
    registry.imported(DatasetType.TRAIN, registry.lastPlace(), null);
    assertThat(
            answer(
                    registry.send(new DeleteDataset("bolts", DatasetType.TRAIN, null)),
                    ResourceArn.class)
                .getArn())
        .isEqualTo(TRAIN_ARN);
  }

  @Test
  @Contract("DATASET-UPDATE")
  void anUpdateIsInProgress() {
    registry.send(create(DatasetType.TRAIN, null));

    List<RegistryEffect> effects = registry.send(update());
    assertThat(answer(effects, DatasetMetadata.class).getStatus())
        .isEqualTo(DatasetStatus.UPDATE_IN_PROGRESS);
    assertThat(answer(effects, DatasetMetadata.class).getStatusMessage())
        .isEqualTo("The dataset is updating.");
    assertThat(cuts(effects).get(0).marker().getCommand()).isEqualTo(update());
  }

  @Test
  @Contract("EX-NOTFOUND-DATASET")
  void aDatasetThatThereIsNotIsNotFound() {
    for (Object body : List.of(update(), new DeleteDataset("bolts", DatasetType.TRAIN, null))) {
      ServiceException exception = exception(registry.send(body));
      assertThat(exception.getCode()).isEqualTo(ExceptionCode.ResourceNotFoundException);
      assertThat(exception.getResourceId()).isEqualTo("bolts/train");
      assertThat(exception.getResourceType()).isEqualTo(ResourceType.DATASET);
    }
  }

  @Test
  void dataSetsNeedTheirProject() {
    for (Object body :
        List.of(
            new CreateDataset("nuts", DatasetType.TRAIN, null, null),
            new UpdateDatasetEntries("nuts", DatasetType.TRAIN, MANIFEST, null),
            new DeleteDataset("nuts", DatasetType.TRAIN, null))) {
      assertThat(exception(registry.send(body)).getResourceType()).isEqualTo(ResourceType.PROJECT);
    }
  }

  @Test
  @Contract("EX-CONFLICT-BUSY")
  void whileAManifestIsImportedNothingElseIsTaken() {
    registry.send(create(DatasetType.TRAIN, MANIFEST));
    String place = registry.lastPlace();

    for (Object body :
        List.of(
            update(),
            new DeleteDataset("bolts", DatasetType.TRAIN, null),
            aCreateModel().build())) {
      ServiceException exception = exception(registry.send(body));
      assertThat(exception.getCode()).isEqualTo(ExceptionCode.ConflictException);
      assertThat(exception.getResourceId()).isEqualTo(TRAIN_ARN);
      assertThat(exception.getMessage()).contains("A manifest is being imported");
    }
    // The other data set is at rest.
    answer(registry.send(create(DatasetType.TEST, null)), DatasetMetadata.class);

    registry.imported(DatasetType.TRAIN, place, null);
    answer(registry.send(aCreateModel().build()), ModelMetadata.class);
  }

  @Test
  @Contract("DATASET-IMPORT-END")
  void theEndOfAnImportIsCutSoThatWhatWasImportedStandsBeforeIt() {
    registry.send(create(DatasetType.TRAIN, MANIFEST));
    String place = registry.lastPlace();
    List<RegistryEffect> effects = registry.imported(DatasetType.TRAIN, place, null);

    assertThat(cuts(effects)).hasSize(1);
    assertThat(cuts(effects).get(0).marker().getCutId()).isEqualTo(place + "-end");
    assertThat(cuts(effects).get(0).marker().getDatasetOutcome().getCutId()).isEqualTo(place);
    assertThat(registry.imported(DatasetType.TRAIN, place, null)).isEmpty();
  }

  @Test
  void aFailedCreationLeavesADatasetThatCanOnlyBeDeleted() {
    registry.send(create(DatasetType.TRAIN, MANIFEST));
    registry.imported(DatasetType.TRAIN, registry.lastPlace(), "Line 3 is not JSON.");

    assertThat(exception(registry.send(create(DatasetType.TRAIN, null))).getCode())
        .isEqualTo(ExceptionCode.ConflictException);
    assertThat(exception(registry.send(update())).getMessage())
        .contains("could not be created: delete it with DeleteDataset");
    answer(registry.send(new DeleteDataset("bolts", DatasetType.TRAIN, null)), ResourceArn.class);
    answer(registry.send(create(DatasetType.TRAIN, null)), DatasetMetadata.class);
  }

  @Test
  void aFailedUpdateLeavesADatasetAsItWas() {
    registry.send(create(DatasetType.TRAIN, null));
    registry.send(update());
    registry.imported(DatasetType.TRAIN, registry.lastPlace(), "Line 3 is not JSON.");

    answer(registry.send(update()), DatasetMetadata.class);
  }

  @Test
  @Contract("DATASET-DELETE-CREATE")
  void aCreateRightAfterADeleteSucceeds() {
    registry.send(create(DatasetType.TRAIN, null));
    List<RegistryEffect> effects =
        registry.send(new DeleteDataset("bolts", DatasetType.TRAIN, null));

    assertThat(answer(effects, ResourceArn.class).getArn()).isEqualTo(TRAIN_ARN);
    assertThat(cuts(effects)).hasSize(1);
    answer(registry.send(create(DatasetType.TRAIN, MANIFEST)), DatasetMetadata.class);
  }

  @Test
  void newsOfImagesFromBeforeADeletionIsStale() {
    registry.send(create(DatasetType.TRAIN, null));
    registry.send(new DeleteDataset("bolts", DatasetType.TRAIN, null));
    String deletion = registry.lastPlace();
    registry.began(DatasetType.TRAIN, null);
    assertThat(registry.state.datasets).isEmpty();

    registry.began(DatasetType.TRAIN, deletion);
    assertThat(registry.state.datasets).hasSize(1);
  }

  @Test
  @Contract("EX-CONFLICT-PROJECT-NOT-EMPTY")
  void aProjectWithADatasetIsNotDeleted() {
    registry.began(DatasetType.TEST, null);

    ServiceException exception = exception(registry.send(new DeleteProject("bolts", null)));
    assertThat(exception.getCode()).isEqualTo(ExceptionCode.ConflictException);
    assertThat(exception.getMessage())
        .isEqualTo("The project bolts has a test data set: delete it with DeleteDataset first.");
  }

  @Test
  @Contract("TOKEN-SCOPE")
  void aTokenServesEachOperationByItself() {
    answer(
        registry.send(new CreateDataset("bolts", DatasetType.TRAIN, null, "RunOnce")),
        DatasetMetadata.class);
    answer(
        registry.send(new DeleteDataset("bolts", DatasetType.TRAIN, "RunOnce")), ResourceArn.class);
    assertThat(
            RegistryCommands.reply(
                    registry.send(new CreateDataset("bolts", DatasetType.TRAIN, null, "RunOnce")))
                .getReplayed())
        .isTrue();
    assertThat(
            exception(registry.send(new CreateDataset("bolts", DatasetType.TEST, null, "RunOnce")))
                .getCode())
        .isEqualTo(ExceptionCode.ConflictException);
  }

  @Test
  void deletionsAreForgottenWithTheTokens() {
    registry.send(create(DatasetType.TRAIN, null));
    registry.send(new DeleteDataset("bolts", DatasetType.TRAIN, null));
    registry.later(Duration.ofHours(9)).send(new CreateProject("nuts", null));

    assertThat(registry.state.deletions).isEmpty();
    assertThat(registry.state.answered).hasSize(1);
  }

  private static CreateDataset create(DatasetType type, @Nullable S3Object manifest) {
    return new CreateDataset("bolts", type, manifest, null);
  }

  private static UpdateDatasetEntries update() {
    return new UpdateDatasetEntries("bolts", DatasetType.TRAIN, MANIFEST, null);
  }
}

package io.relook.job.registry;

import io.relook.job.domain.Request;
import io.relook.schemas.operation.CreateDatasetOperation;
import io.relook.schemas.operation.CreateModelOperation;
import io.relook.schemas.operation.Operation;
import io.relook.schemas.operation.UpdateDatasetEntriesOperation;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/**
 * Decides that the end of a training or an import does not come any more: its cut marker or its
 * outcome was lost, for example to the retention of a topic while the job was down. The version
 * would stay TRAINING and hold a place in the quota, the data set would stay busy.
 *
 * <p>What is lost is told by a record on the topic of outcomes, as an end is. The registry handles
 * the record when it reads it, and only the first end counts. So an end that comes at the last
 * moment, a crash and a replay all lead to one end.
 */
final class LostEnds {
  /** Reason of a training whose end was lost; public, stable. */
  static final String REASON = "END_LOST";

  private final After after;

  /**
   * How long after its command an end counts as lost. Longer than any training or import may take,
   * the wait in line and a downtime of the job included.
   */
  record After(Duration training, Duration importing) implements Serializable {}

  LostEnds(After after) {
    this.after = after;
  }

  /** When to look for lost ends, after a command that may have started a training or an import. */
  List<Instant> looks(AccountState state, Request request) {
    Operation operation = request.operation();
    if (operation instanceof CreateModelOperation) {
      return trainings(state).map(model -> lost(model)).toList();
    }
    boolean imports =
        operation instanceof CreateDatasetOperation
            || operation instanceof UpdateDatasetEntriesOperation;
    return imports ? List.of(request.time().plus(after.importing())) : List.of();
  }

  /**
   * The ends of what is lost.
   *
   * @param account whose state it is
   */
  List<SpecificRecord> at(String account, AccountState state, Instant now) {
    return Stream.<SpecificRecord>concat(
            trainings(state)
                .filter(model -> !lost(model).isAfter(now))
                .map(model -> end(model, now)),
            state.importing().stream()
                .filter(dataset -> isLost(dataset, now))
                .map(dataset -> end(account, dataset, now)))
        .toList();
  }

  private static Stream<ModelMetadata> trainings(AccountState state) {
    return state.inTraining().stream().flatMap(arn -> state.model(arn).stream());
  }

  private Instant lost(ModelMetadata model) {
    return model.getCreationTimestamp().plus(after.training());
  }

  private boolean isLost(KnownDataset dataset, Instant now) {
    Instant since = Instant.ofEpochMilli(dataset.importingSince());
    return dataset.importingSince() > 0 && !since.plus(after.importing()).isAfter(now);
  }

  private TrainingOutcome end(ModelMetadata model, Instant now) {
    return TrainingOutcome.newBuilder()
        .setAccount(model.getAccount())
        .setProjectName(model.getProjectName())
        .setModelVersion(model.getModelVersion())
        .setModelArn(model.getModelArn())
        .setCutId("")
        .setEndedAt(now)
        .setOutcome(
            new TrainingFailed(
                REASON,
                "The training has not ended within "
                    + after.training().toHours()
                    + " h, and takes no longer: its end was lost. Create the model again."))
        .build();
  }

  private DatasetOutcome end(String account, KnownDataset dataset, Instant now) {
    return DatasetOutcome.newBuilder()
        .setAccount(account)
        .setProjectName(dataset.project())
        .setDatasetType(dataset.type())
        .setCutId(dataset.importing())
        .setKind(DatasetOutcomeKind.IMPORT_REFUSED)
        .setMessage(
            "The import has not ended within "
                + after.importing().toHours()
                + " h, and takes no longer: its end was lost. Send the command again; after CreateDataset"
                + " delete the data set first.")
        .setEndedAt(now)
        .build();
  }
}

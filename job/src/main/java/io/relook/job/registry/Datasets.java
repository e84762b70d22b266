package io.relook.job.registry;

import io.relook.job.domain.Request;
import io.relook.job.registry.KnownDataset.Phase;
import io.relook.schemas.Arns;
import io.relook.schemas.operation.ApiExceptions;
import io.relook.wire.CreateDataset;
import io.relook.wire.DatasetMetadata;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.ResourceArn;
import io.relook.wire.ResourceType;
import io.relook.wire.UpdateDatasetEntries;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Handles CreateDataset, UpdateDatasetEntries and DeleteDataset, and the reports of data sets: a
 * data set begins with its first image, an import ends.
 *
 * <p>The status messages are those seen on the live service (spec: lookout-for-vision.md §4.1);
 * those of updates are written alike.
 */
final class Datasets {
  private static final String CREATED = "The dataset was created successfully.";
  private static final String CREATING = "The dataset is creating.";
  private static final String UPDATING = "The dataset is updating.";

  private final Arns arns;
  private final Cuts cuts;

  Datasets(Arns arns, Cuts cuts) {
    this.arns = arns;
    this.cuts = cuts;
  }

  List<RegistryEffect> create(AccountState state, Request request, CreateDataset create) {
    Optional<Project> project = state.project(request.project());
    if (project.isEmpty()) {
      return Projects.missing(request);
    }
    DatasetType type = create.getDatasetType();
    Optional<KnownDataset> known = state.dataset(request.project(), type);
    if (known.filter(dataset -> dataset.phase() != Phase.BEGUN).isPresent()) {
      return RegistryEffect.failure(
          request,
          ApiExceptions.conflict(
              "The project "
                  + request.project()
                  + " has a "
                  + name(type)
                  + " data set already: change it with UpdateDatasetEntries or by sending images, or"
                  + " delete it with DeleteDataset and create it again.",
              arn(request, type),
              ResourceType.DATASET));
    }
    if (create.getGroundTruthManifest() == null) {
      KnownDataset ready = KnownDataset.ready(request.project(), type, request.timestamp());
      state.put(ready);
      return List.of(
          answer(request, ready, DatasetStatus.CREATE_COMPLETE, CREATED),
          cut(state, project.get(), request));
    }
    KnownDataset creating =
        KnownDataset.creating(
            request.project(), type, request.timestamp(), request.origin().place());
    state.put(creating);
    return List.of(
        answer(request, creating, DatasetStatus.CREATE_IN_PROGRESS, CREATING),
        cut(state, project.get(), request));
  }

  List<RegistryEffect> update(AccountState state, Request request, UpdateDatasetEntries update) {
    Optional<Project> project = state.project(request.project());
    if (project.isEmpty()) {
      return Projects.missing(request);
    }
    DatasetType type = update.getDatasetType();
    Optional<KnownDataset> known = state.dataset(request.project(), type);
    if (known.isEmpty()) {
      return missing(request, type);
    }
    if (known.get().isBusy()) {
      return busy(request, known.get());
    }
    if (known.get().phase() == Phase.FAILED) {
      return RegistryEffect.failure(
          request,
          ApiExceptions.conflict(
              "The "
                  + name(type)
                  + " data set of the project "
                  + request.project()
                  + " could not be created: delete it with DeleteDataset and create it again.",
              arn(request, type),
              ResourceType.DATASET));
    }
    state.put(known.get().updating(request.origin().place(), request.timestamp()));
    return List.of(
        answer(request, known.get(), DatasetStatus.UPDATE_IN_PROGRESS, UPDATING),
        cut(state, project.get(), request));
  }

  List<RegistryEffect> delete(AccountState state, Request request, DeleteDataset delete) {
    Optional<Project> project = state.project(request.project());
    if (project.isEmpty()) {
      return Projects.missing(request);
    }
    DatasetType type = delete.getDatasetType();
    Optional<KnownDataset> known = state.dataset(request.project(), type);
    if (known.isEmpty()) {
      return missing(request, type);
    }
    if (known.get().isBusy()) {
      return busy(request, known.get());
    }
    state.removeDataset(request.project(), type);
    state.put(request.project(), type, new Deletion(request.origin().place(), request.timestamp()));
    return List.of(
        RegistryEffect.answer(request, new ResourceArn(arn(request, type))),
        cut(state, project.get(), request));
  }

  /** A data set of a project into which a manifest is being imported. */
  static Optional<KnownDataset> importing(AccountState state, String project) {
    return Stream.of(DatasetType.values())
        .flatMap(type -> state.dataset(project, type).stream())
        .filter(KnownDataset::isBusy)
        .findFirst();
  }

  /** The exception for a command that must wait for the end of an import. */
  List<RegistryEffect> busy(Request request, KnownDataset dataset) {
    return RegistryEffect.failure(
        request,
        ApiExceptions.conflict(
            "A manifest is being imported into the "
                + name(dataset.type())
                + " data set of the project "
                + request.project()
                + ": wait until relook.datasets says that it is complete, then send the command"
                + " again.",
            arn(request, dataset.type()),
            ResourceType.DATASET));
  }

  /** Handles a report of a data set; a stale report changes nothing. */
  List<RegistryEffect> onDatasetOutcome(AccountState state, DatasetOutcome outcome, Instant at) {
    String project = outcome.getProjectName();
    DatasetType type = outcome.getDatasetType();
    Optional<KnownDataset> known = state.dataset(project, type);
    if (outcome.getKind() == DatasetOutcomeKind.BEGAN) {
      boolean stale =
          state
              .deletion(project, type)
              .filter(d -> at.toEpochMilli() - d.timestamp() < Registry.MEMORY.toMillis())
              .filter(deletion -> !deletion.cutId().equals(outcome.getLastDeletion()))
              .isPresent();
      if (known.isEmpty() && !stale) {
        state.put(KnownDataset.begun(project, type, outcome.getEndedAt().toEpochMilli()));
      }
      return List.of();
    }
    String cutId = outcome.getCutId();
    Optional<Project> owner = state.project(project);
    if (cutId == null
        || owner.isEmpty()
        || known.filter(d -> cutId.equals(d.importing())).isEmpty()) {
      return List.of();
    }
    state.put(known.get().imported(outcome.getKind() == DatasetOutcomeKind.IMPORT_REFUSED));
    return List.of(
        new RegistryEffect.Cut(
            cuts.of(state, owner.get(), outcome.getAccount(), cutId + "-end", at)
                .setCommand(
                    CreateDataset.newBuilder().setProjectName(project).setDatasetType(type).build())
                .setDatasetOutcome(outcome)
                .build()));
  }

  static String name(DatasetType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  private List<RegistryEffect> missing(Request request, DatasetType type) {
    return RegistryEffect.failure(
        request,
        ApiExceptions.notFound(
            "The project "
                + request.project()
                + " has no "
                + name(type)
                + " data set: create it with CreateDataset, or send images.",
            request.project() + "/" + name(type),
            ResourceType.DATASET));
  }

  private RegistryEffect answer(
      Request request, KnownDataset dataset, DatasetStatus status, String message) {
    return RegistryEffect.answer(
        request,
        new DatasetMetadata(
            dataset.type(), Instant.ofEpochMilli(dataset.createdAt()), status, message));
  }

  private RegistryEffect cut(AccountState state, Project project, Request request) {
    return new RegistryEffect.Cut(cuts.of(state, project, request).build());
  }

  private String arn(Request request, DatasetType type) {
    return arns.dataset(request.account(), request.project(), type);
  }
}

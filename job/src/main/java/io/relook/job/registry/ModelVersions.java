package io.relook.job.registry;

import io.relook.job.domain.OutputBucket;
import io.relook.job.domain.Request;
import io.relook.schemas.Arns;
import io.relook.schemas.operation.ApiExceptions;
import io.relook.schemas.operation.Checks;
import io.relook.wire.AbandonTraining;
import io.relook.wire.CreateModel;
import io.relook.wire.CutMarker;
import io.relook.wire.DeleteModel;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.ProjectDescription;
import io.relook.wire.ResourceArn;
import io.relook.wire.ResourceType;
import io.relook.wire.ServiceException;
import io.relook.wire.Tag;
import io.relook.wire.TagResource;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import io.relook.wire.TrainingSucceeded;
import io.relook.wire.UntagResource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Handles commands about models and their tags, and the ends of trainings. */
final class ModelVersions {

  /** Texts seen on the live service (spec: lookout-for-vision.md §5.2). */
  static final String BEING_TRAINED = "The model is being trained.";

  static final String TRAINED = "Training completed successfully.";

  private static final String ABANDONED =
      "The training was abandoned by AbandonTraining: create the model again.";

  /** Written alike; the service's own text is not known. */
  private static final String BEING_DELETED = "The model is being deleted.";

  /**
   * How many earlier versions are searched for the parent of a new one; each costs one read of
   * state.
   */
  private static final int PARENTS_LOOKED_AT = 20;

  private final Arns arns;
  private final Datasets datasets;
  private final Cuts cuts;
  private final int concurrentTrainings;

  ModelVersions(Arns arns, Datasets datasets, Cuts cuts, int concurrentTrainings) {
    this.arns = arns;
    this.datasets = datasets;
    this.cuts = cuts;
    this.concurrentTrainings = concurrentTrainings;
  }

  List<RegistryEffect> create(AccountState state, Request request, CreateModel create) {
    String name = request.project();
    Optional<Project> project = state.project(name);
    if (project.isEmpty()) {
      return Projects.missing(request);
    }
    Optional<KnownDataset> importing = Datasets.importing(state, name);
    if (importing.isPresent()) {
      return datasets.busy(request, importing.get());
    }
    Optional<ServiceException> bucket = unusable(create, request.outputBucket());
    if (bucket.isPresent()) {
      return RegistryEffect.failure(request, bucket.get());
    }
    List<String> inTraining = state.inTraining();
    if (inTraining.size() >= concurrentTrainings) {
      return RegistryEffect.failure(
          request,
          ApiExceptions.quota(
              "The account has "
                  + inTraining.size()
                  + " trainings running, and "
                  + concurrentTrainings
                  + " are allowed: wait until one ends, or raise quota.concurrent-trainings.",
              ApiExceptions.TRAININGS_QUOTA,
              arns.project(request.account(), name),
              ResourceType.PROJECT));
    }
    int version = project.get().lastVersion() + 1;
    ModelMetadata model =
        ModelMetadata.newBuilder()
            .setAccount(request.account())
            .setProjectName(name)
            .setModelVersion(Integer.toString(version))
            .setModelArn(arns.model(request.account(), name, Integer.toString(version)))
            .setCreationTimestamp(request.time())
            .setDescription(create.getDescription())
            .setStatus(ModelStatus.TRAINING)
            .setStatusMessage(BEING_TRAINED)
            .setOutputConfig(create.getOutputConfig())
            .setKmsKeyId(create.getKmsKeyId())
            .setTags(create.getTags())
            .build();
    state.put(model);
    List<String> more = new ArrayList<>(inTraining);
    more.add(model.getModelArn());
    state.putInTraining(more);
    List<RegistryEffect> effects = new ArrayList<>();
    effects.add(RegistryEffect.answer(request, model));
    effects.add(new RegistryEffect.Model(model));
    CutMarker.Builder cut =
        cuts.of(state, project.get().withVersion(version), request).setModel(model);
    newestTrained(state, request, version)
        .ifPresent(
            parent ->
                cut.setParentModelVersion(parent.getModelVersion())
                    .setParentModelDigest(parent.getProvenance().getModelFileDigest()));
    effects.add(new RegistryEffect.Cut(cut.build()));
    state
        .takeEarlyOutcome(model.getModelArn())
        .ifPresent(outcome -> effects.addAll(onTrainingOutcome(state, outcome)));
    return List.copyOf(effects);
  }

  /** The newest trained version before this one, among the last {@value #PARENTS_LOOKED_AT}. */
  private Optional<ModelMetadata> newestTrained(AccountState state, Request request, int version) {
    for (int v = version - 1; v >= Math.max(1, version - PARENTS_LOOKED_AT); v--) {
      Optional<ModelMetadata> model =
          state.model(arns.model(request.account(), request.project(), Integer.toString(v)));
      if (model.isPresent()
          && model.get().getStatus() == ModelStatus.TRAINED
          && model.get().getProvenance() != null) {
        return model;
      }
    }
    return Optional.empty();
  }

  /** Handles a command about one version: an exception if project or version do not exist. */
  static List<RegistryEffect> existing(
      Arns arns,
      AccountState state,
      Request request,
      String version,
      BiFunction<Project, ModelMetadata, List<RegistryEffect>> handler) {
    Optional<Project> project = state.project(request.project());
    if (project.isEmpty()) {
      return Projects.missing(request);
    }
    String arn = arns.model(request.account(), request.project(), version);
    Optional<ModelMetadata> model = state.model(arn);
    return model.isEmpty() ? missing(request, arn) : handler.apply(project.get(), model.get());
  }

  List<RegistryEffect> delete(AccountState state, Request request, DeleteModel delete) {
    return existing(
        arns,
        state,
        request,
        delete.getModelVersion(),
        (project, model) -> delete(state, request, project, model));
  }

  private List<RegistryEffect> delete(
      AccountState state, Request request, Project project, ModelMetadata model) {
    String arn = model.getModelArn();
    if (model.getStatus() == ModelStatus.TRAINING) {
      return RegistryEffect.failure(
          request,
          ApiExceptions.conflict(
              "The model "
                  + arn
                  + " is being trained: wait until relook.models says that its training has ended,"
                  + " then delete it.",
              arn,
              ResourceType.MODEL));
    }
    state.removeModel(arn);
    ModelMetadata deleting =
        ModelMetadata.newBuilder(model)
            .setStatus(ModelStatus.DELETING)
            .setStatusMessage(BEING_DELETED)
            .build();
    ProjectDescription before = project.description();
    ProjectDescription after = Activations.without(before, model.getModelVersion());
    CutMarker.Builder cut =
        cuts.of(state, project.withDescription(after).withoutModel(), request).setModel(model);
    List<RegistryEffect> effects = new ArrayList<>();
    effects.add(RegistryEffect.answer(request, new ResourceArn(arn)));
    effects.add(new RegistryEffect.Model(deleting));
    effects.add(new RegistryEffect.ModelGone(arn));
    if (!after.equals(before)) {
      effects.add(new RegistryEffect.NewProject(after));
    }
    effects.add(new RegistryEffect.Cut(cut.build()));
    return List.copyOf(effects);
  }

  /**
   * Ends a training whose end does not come. What it still does changes nothing: only the first end
   * of a training counts.
   */
  List<RegistryEffect> abandon(AccountState state, Request request, AbandonTraining abandon) {
    return existing(
        arns,
        state,
        request,
        abandon.getModelVersion(),
        (project, model) -> abandon(state, request, model));
  }

  private static List<RegistryEffect> abandon(
      AccountState state, Request request, ModelMetadata model) {
    String arn = model.getModelArn();
    if (model.getStatus() != ModelStatus.TRAINING) {
      return RegistryEffect.failure(
          request,
          ApiExceptions.conflict(
              "The model "
                  + arn
                  + " is "
                  + model.getStatus()
                  + ": only a training that has not ended can be abandoned.",
              arn,
              ResourceType.MODEL));
    }
    ModelMetadata after =
        ended(state, ModelMetadata.newBuilder(model), ModelStatus.TRAINING_FAILED, ABANDONED);
    return List.of(
        RegistryEffect.answer(request, new ResourceArn(arn)), new RegistryEffect.Model(after));
  }

  List<RegistryEffect> tag(AccountState state, Request request, TagResource tag) {
    Optional<ModelMetadata> model = state.model(tag.getResourceArn());
    if (model.isEmpty()) {
      return missing(request, tag.getResourceArn());
    }
    Map<String, Tag> tags = new LinkedHashMap<>();
    model.get().getTags().forEach(old -> tags.put(old.getKey(), old));
    tag.getTags().forEach(added -> tags.put(added.getKey(), added));
    if (tags.size() > Checks.MAX_TAGS) {
      return RegistryEffect.failure(
          request,
          ApiExceptions.quota(
              "The model "
                  + tag.getResourceArn()
                  + " would have "
                  + tags.size()
                  + " tags, and "
                  + Checks.MAX_TAGS
                  + " are allowed: remove some with UntagResource first.",
              ApiExceptions.TAGS_QUOTA,
              tag.getResourceArn(),
              ResourceType.MODEL));
    }
    return tagged(state, request, model.get(), List.copyOf(tags.values()));
  }

  List<RegistryEffect> untag(AccountState state, Request request, UntagResource untag) {
    Optional<ModelMetadata> model = state.model(untag.getResourceArn());
    if (model.isEmpty()) {
      return missing(request, untag.getResourceArn());
    }
    Set<String> keys = new HashSet<>(untag.getTagKeys());
    return tagged(
        state,
        request,
        model.get(),
        model.get().getTags().stream().filter(tag -> !keys.contains(tag.getKey())).toList());
  }

  /** Handles the end of a training. Only its first end counts. */
  List<RegistryEffect> onTrainingOutcome(AccountState state, TrainingOutcome outcome) {
    Optional<ModelMetadata> known = state.model(outcome.getModelArn());
    if (known.isEmpty()) {
      // A replay can read the end before the command: the image topic still holds the cut markers
      // of the first run, and it is read independently of the command topic.
      if (!wasDeleted(state, outcome)) {
        state.keepEarlyOutcome(outcome);
      }
      return List.of();
    }
    ModelMetadata model = known.get();
    if (model.getStatus() != ModelStatus.TRAINING) {
      return List.of();
    }
    ModelMetadata after =
        outcome.getOutcome() instanceof TrainingSucceeded succeeded
            ? ended(
                state,
                succeeded(model, succeeded, outcome.getEndedAt()),
                ModelStatus.TRAINED,
                TRAINED)
            : ended(
                state,
                ModelMetadata.newBuilder(model),
                ModelStatus.TRAINING_FAILED,
                ((TrainingFailed) outcome.getOutcome()).getMessage());
    return List.of(new RegistryEffect.Model(after));
  }

  private static ModelMetadata ended(
      AccountState state, ModelMetadata.Builder model, ModelStatus status, String message) {
    ModelMetadata after = model.setStatus(status).setStatusMessage(message).build();
    state.put(after);
    state.putInTraining(
        state.inTraining().stream().filter(arn -> !arn.equals(after.getModelArn())).toList());
    return after;
  }

  private static boolean wasDeleted(AccountState state, TrainingOutcome outcome) {
    int version = Integer.parseInt(outcome.getModelVersion());
    return state
        .project(outcome.getProjectName())
        .filter(project -> version <= project.lastVersion())
        .isPresent();
  }

  private static ModelMetadata.Builder succeeded(
      ModelMetadata model, TrainingSucceeded succeeded, Instant endedAt) {
    return ModelMetadata.newBuilder(model)
        .setEvaluationEndTimestamp(endedAt)
        .setPerformance(succeeded.getPerformance())
        .setEvaluationManifest(succeeded.getEvaluationManifest())
        .setEvaluationResult(succeeded.getEvaluationResult())
        .setModelFile(succeeded.getModelFile())
        .setTrainingManifest(succeeded.getTrainingManifest())
        .setReport(succeeded.getReport())
        .setProvenance(succeeded.getProvenance());
  }

  private static List<RegistryEffect> tagged(
      AccountState state, Request request, ModelMetadata model, List<Tag> tags) {
    ModelMetadata after = ModelMetadata.newBuilder(model).setTags(tags).build();
    state.put(after);
    return List.of(
        RegistryEffect.answer(request, new ResourceArn(model.getModelArn())),
        new RegistryEffect.Model(after));
  }

  /** The exception for a command that names a model which does not exist. */
  private static List<RegistryEffect> missing(Request request, String arn) {
    return RegistryEffect.failure(
        request,
        ApiExceptions.notFound(
            "There is no model " + arn + ": relook.models lists the versions that exist.",
            arn,
            ResourceType.MODEL));
  }

  private static Optional<ServiceException> unusable(CreateModel create, OutputBucket found) {
    String bucket = create.getOutputConfig().getS3Location().getBucket();
    return switch (found.verdict()) {
      case WRITABLE -> Optional.empty();
      case MISSING, OTHER_REGION ->
          Optional.of(
              ApiExceptions.validation(
                  "OutputConfig.S3Location.Bucket is '" + bucket + "': " + found.message()));
      case FORBIDDEN ->
          Optional.of(
              ApiExceptions.accessDenied(
                  "OutputConfig.S3Location.Bucket is '" + bucket + "': " + found.message()));
      case UNREACHABLE ->
          Optional.of(
              ApiExceptions.internal(
                  "The output bucket '" + bucket + "' could not be probed: " + found.message()));
    };
  }
}

package io.relook.job.dataset;

import io.relook.job.domain.FeatureKeys;
import io.relook.job.domain.ImportRequest;
import io.relook.job.domain.ParentModel;
import io.relook.job.domain.ProjectKey;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingImage;
import io.relook.job.domain.TrainingOrder;
import io.relook.schemas.Arns;
import io.relook.schemas.operation.Operation;
import io.relook.wire.AbandonTraining;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.S3Object;
import io.relook.wire.TagResource;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import io.relook.wire.UntagResource;
import io.relook.wire.UpdateActiveModelVersion;
import io.relook.wire.UpdateDatasetEntries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a project's data sets do with a command that has been aligned: {@code (cut, state) →
 * effects}.
 */
final class DatasetCuts {

  /** Texts seen on the live service (spec: lookout-for-vision.md §4.1), and ours of that kind. */
  private static final String CREATING = "The dataset is creating.";

  private static final String CREATED = "The dataset was created successfully.";
  private static final String UPDATING = "The dataset is updating.";
  private static final String DELETED = "The dataset was deleted.";

  /** Images of a deleted data set that are in memory at once. */
  private static final int SLICE = 1_000;

  private final DatasetSettings settings;
  private final Arns arns;
  private final Optional<FeatureKeys> featureKeys;
  private final Dataset dataset;
  private final Unavailability unavailability;
  private final TrainingPlanner planner;
  private final ModelDeletion deletion;

  /** Keeps the keys of features as images came with them. */
  DatasetCuts(DatasetSettings settings) {
    this(settings, Optional.empty());
  }

  /**
   * @param featureKeys keys of the features that trainings learn from now
   */
  DatasetCuts(DatasetSettings settings, Optional<FeatureKeys> featureKeys) {
    this.settings = settings;
    this.arns = new Arns(settings.region());
    this.featureKeys = featureKeys;
    this.dataset = new Dataset(settings);
    this.unavailability = new Unavailability(dataset);
    this.planner = new TrainingPlanner(settings);
    this.deletion = new ModelDeletion(settings.bucket(), arns);
  }

  /** Applies an aligned cut. */
  List<DatasetEffect> apply(DatasetState state, CutMarker cut) {
    DatasetOutcome imported = cut.getDatasetOutcome();
    return imported == null
        ? Operation.of(cut.getCommand()).accept(new Operations(state, cut))
        : importEnded(state, cut, imported);
  }

  /** What data sets do with each operation that the registry has admitted. */
  private final class Operations implements Operation.Handler<List<DatasetEffect>> {
    private final DatasetState state;
    private final CutMarker cut;

    Operations(DatasetState state, CutMarker cut) {
      this.state = state;
      this.cut = cut;
    }

    @Override
    public List<DatasetEffect> createDataset(CreateDataset body) {
      return create(state, cut, body);
    }

    @Override
    public List<DatasetEffect> updateDatasetEntries(UpdateDatasetEntries body) {
      return update(state, cut, body);
    }

    @Override
    public List<DatasetEffect> deleteDataset(DeleteDataset body) {
      return delete(state, cut, body.getDatasetType());
    }

    @Override
    public List<DatasetEffect> deleteProject(DeleteProject body) {
      List<DatasetEffect> effects = new ArrayList<>();
      for (DatasetType type : DatasetType.values()) {
        effects.addAll(delete(state, cut, type));
      }
      state.forgetSplits();
      state.removeOutputs();
      effects.add(deletion.ofProject(cut));
      return effects;
    }

    @Override
    public List<DatasetEffect> createModel(CreateModel body) {
      return train(state, cut);
    }

    @Override
    public List<DatasetEffect> deleteModel(DeleteModel body) {
      return deletion.of(state, cut, body.getModelVersion());
    }

    @Override
    public List<DatasetEffect> abandonTraining(AbandonTraining body) {
      return withoutCut();
    }

    @Override
    public List<DatasetEffect> updateActiveModelVersion(UpdateActiveModelVersion body) {
      return withoutCut();
    }

    @Override
    public List<DatasetEffect> createProject(CreateProject body) {
      return withoutCut();
    }

    @Override
    public List<DatasetEffect> tagResource(TagResource body) {
      return withoutCut();
    }

    @Override
    public List<DatasetEffect> untagResource(UntagResource body) {
      return withoutCut();
    }

    @Override
    public List<DatasetEffect> notServed(String name) {
      return withoutCut();
    }

    /** The registry writes no cut for these. */
    private List<DatasetEffect> withoutCut() {
      return List.of();
    }
  }

  /** Data sets that images began and the registry does not know of yet. */
  List<DatasetEffect> begun(DatasetState state, String account, String project) {
    List<DatasetEffect> effects = new ArrayList<>();
    for (DatasetType type : DatasetType.values()) {
      Optional<DatasetCounts> counts = state.counts(type).filter(c -> !c.reported());
      if (counts.isPresent()) {
        state.put(type, counts.get().nowReported());
        effects.add(
            new DatasetEffect.Began(
                DatasetOutcome.newBuilder()
                    .setAccount(account)
                    .setProjectName(project)
                    .setDatasetType(type)
                    .setKind(DatasetOutcomeKind.BEGAN)
                    .setLastDeletion(state.lastDeletion(type).orElse(null))
                    .setEndedAt(Instant.ofEpochMilli(counts.get().life().createdAt()))
                    .build()));
      }
    }
    return effects;
  }

  /** The present state of a project's data sets. */
  List<DatasetEffect> described(DatasetState state, String account, String project) {
    List<DatasetEffect> effects = new ArrayList<>();
    for (DatasetType type : DatasetType.values()) {
      state
          .counts(type)
          .map(counts -> described(account, project, type, counts))
          .ifPresent(effects::add);
    }
    return effects;
  }

  private DatasetEffect described(CutMarker cut, DatasetType type, DatasetCounts counts) {
    return described(cut.getAccount(), cut.getProject(), type, counts);
  }

  private DatasetEffect described(
      String account, String project, DatasetType type, DatasetCounts counts) {
    return new DatasetEffect.Described(
        counts.description(account, project, type, arns.dataset(account, project, type)));
  }

  private List<DatasetEffect> create(DatasetState state, CutMarker cut, CreateDataset create) {
    long at = cut.getAdmittedAt().toEpochMilli();
    DatasetType type = create.getDatasetType();
    S3Object manifest = create.getGroundTruthManifest();
    DatasetCounts created =
        state.counts(type).orElseGet(() -> DatasetCounts.empty(at)).createdAt(at);
    created =
        manifest == null
            ? created.in(DatasetStatus.CREATE_COMPLETE, CREATED, at)
            : created.in(DatasetStatus.CREATE_IN_PROGRESS, CREATING, at);
    state.put(type, created);
    List<DatasetEffect> effects = new ArrayList<>();
    effects.add(described(cut, type, created));
    if (manifest != null) {
      effects.add(imports(state, cut, type, "CreateDataset", manifest));
    }
    return effects;
  }

  private List<DatasetEffect> update(
      DatasetState state, CutMarker cut, UpdateDatasetEntries update) {
    long at = cut.getAdmittedAt().toEpochMilli();
    DatasetType type = update.getDatasetType();
    DatasetCounts updating =
        state
            .counts(type)
            .orElseGet(() -> DatasetCounts.empty(at))
            .in(DatasetStatus.UPDATE_IN_PROGRESS, UPDATING, at);
    state.put(type, updating);
    return List.of(
        described(cut, type, updating),
        imports(state, cut, type, "UpdateDatasetEntries", update.getChanges()));
  }

  private List<DatasetEffect> importEnded(
      DatasetState state, CutMarker cut, DatasetOutcome outcome) {
    long at = cut.getAdmittedAt().toEpochMilli();
    DatasetType type = outcome.getDatasetType();
    DatasetCounts counts = state.counts(type).orElseGet(() -> DatasetCounts.empty(at));
    boolean creating = counts.life().status() == DatasetStatus.CREATE_IN_PROGRESS;
    boolean imported = outcome.getKind() == DatasetOutcomeKind.IMPORTED;
    String importId = String.valueOf(outcome.getCutId());
    ImportTally tally = state.tally(importId).orElse(ImportTally.NONE);
    state.removeTally(importId);
    DatasetCounts ended =
        imported
            ? counts.imported(
                creating ? DatasetStatus.CREATE_COMPLETE : DatasetStatus.UPDATE_COMPLETE,
                (creating ? CREATED : DatasetCounts.UPDATED) + " " + tally.sentences(outcome),
                tally.lines(outcome),
                at)
            : counts.in(
                creating
                    ? DatasetStatus.CREATE_FAILED
                    : DatasetStatus.UPDATE_FAILED_ROLLBACK_COMPLETE,
                outcome.getMessage(),
                at);
    state.put(type, ended);
    return List.of(described(cut, type, ended));
  }

  private List<DatasetEffect> delete(DatasetState state, CutMarker cut, DatasetType type) {
    long at = cut.getAdmittedAt().toEpochMilli();
    String project = ProjectKey.of(cut.getAccount(), cut.getProject());
    for (Label label : Label.values()) {
      List<DatasetEntry> leaving = first(state.newestFirst(type, label), SLICE);
      while (!leaving.isEmpty()) {
        leaving.forEach(entry -> dataset.remove(state, project, entry, at));
        leaving = first(state.newestFirst(type, label), SLICE);
      }
    }
    unavailability.delete(state, cut.getAccount(), cut.getProject(), type, at);
    state.putLastDeletion(type, cut.getCutId());
    Optional<DatasetCounts> counts = state.counts(type);
    if (counts.isEmpty()) {
      return List.of();
    }
    state.removeCounts(type);
    DatasetCounts deleted = counts.get().in(DatasetStatus.DELETE_COMPLETE, DELETED, at);
    return List.of(
        described(cut, type, deleted),
        new DatasetEffect.Gone(arns.dataset(cut.getAccount(), cut.getProject(), type)));
  }

  private List<DatasetEffect> train(DatasetState state, CutMarker cut) {
    ModelMetadata model = cut.getModel();
    if (model == null) {
      throw new IllegalStateException("The cut " + cut.getCutId() + " trains no model");
    }
    state.putOutput(model.getModelVersion(), model.getOutputConfig().getS3Location());
    String key = ProjectKey.of(cut.getAccount(), cut.getProject());
    Optional<String> leftOut = Unavailability.leftOut(state);
    TrainingPlanner.Plan plan = planner.plan(key, state, cut.getAdmittedAt().toEpochMilli());
    if (plan instanceof TrainingPlanner.Plan.Train train) {
      return List.of(
          new DatasetEffect.Trains(
              new TrainingOrder(
                  model,
                  cut.getCutId(),
                  renamed(state, key, train.lines()),
                  ParentModel.of(cut),
                  leftOut.orElse(null))));
    }
    TrainingPlanner.Plan.Impossible impossible = (TrainingPlanner.Plan.Impossible) plan;
    return List.of(
        new DatasetEffect.CannotTrain(
            TrainingOutcome.newBuilder()
                .setAccount(model.getAccount())
                .setProjectName(model.getProjectName())
                .setModelVersion(model.getModelVersion())
                .setModelArn(model.getModelArn())
                .setCutId(cut.getCutId())
                .setEndedAt(cut.getAdmittedAt())
                .setOutcome(
                    new TrainingFailed(
                        impossible.reason(),
                        impossible.message() + leftOut.map(why -> " " + why).orElse("")))
                .build()));
  }

  /**
   * After a change of backbone or area an image has other features, which the training extracts.
   * From here on the image refers to these, and no longer to the old ones.
   */
  private List<TrainingImage> renamed(
      DatasetState state, String project, List<TrainingImage> lines) {
    if (featureKeys.isEmpty()) {
      return lines;
    }
    List<TrainingImage> renamed = new ArrayList<>();
    for (TrainingImage line : lines) {
      StoredPicture before = line.picture();
      String now = featureKeys.get().key(project, before.digest());
      if (!before.featuresKey().equals(now)) {
        state
            .entry(line.sourceRef())
            .ifPresent(entry -> state.put(entry.with(entry.picture().withFeatures(now))));
        state.unreferenced(line.annotation().dataset(), before.featuresKey());
        state.unreferenced(line.annotation().dataset(), before.statisticsKey());
      }
      renamed.add(line.withFeatures(now));
    }
    return renamed;
  }

  private DatasetEffect imports(
      DatasetState state, CutMarker cut, DatasetType type, String operation, S3Object manifest) {
    return new DatasetEffect.Imports(
        new ImportRequest(
            cut.getAccount(),
            cut.getProject(),
            type,
            cut.getCutId(),
            operation,
            cut.getCaller(),
            manifest,
            imageBucket(state, type).orElse(null)));
  }

  /**
   * Bucket of the images that the data set has already; all images of one are in one bucket. Looks
   * at the newest images, at most as many as a training uses.
   */
  private Optional<String> imageBucket(DatasetState state, DatasetType type) {
    DatasetSettings.Window window = settings.window();
    int most = type == DatasetType.TRAIN ? window.trainImages() : window.testImages();
    for (Label label : Label.values()) {
      int seen = 0;
      for (DatasetEntry entry : state.newestFirst(type, label)) {
        String ref = entry.sourceRef();
        int slash = ref.indexOf('/', "s3://".length());
        if (ref.startsWith("s3://") && slash > 0) {
          return Optional.of(ref.substring("s3://".length(), slash));
        }
        if (++seen >= most) {
          break;
        }
      }
    }
    return Optional.empty();
  }

  private static List<DatasetEntry> first(Iterable<DatasetEntry> entries, int most) {
    List<DatasetEntry> first = new ArrayList<>();
    for (DatasetEntry entry : entries) {
      first.add(entry);
      if (first.size() == most) {
        break;
      }
    }
    return first;
  }
}

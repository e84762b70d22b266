package io.relook.job.registry;

import io.relook.job.state.RolledBackException;
import io.relook.job.state.StateAccess;
import io.relook.job.state.UndoLog;
import io.relook.job.state.UndoableMapState;
import io.relook.job.state.UndoableValueState;
import io.relook.wire.DatasetType;
import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The state of the current account, in Flink's keyed state; {@link RegistryFunction} lists its
 * parts.
 */
final class KeyedAccountState implements AccountState {
  private final UndoLog undo = new UndoLog();
  private final MapState<String, Project> projects;
  private final MapState<String, ModelMetadata> models;
  private final ValueState<List<String>> inTraining;
  private final MapState<String, KnownDataset> datasets;
  private final MapState<String, Deletion> deletions;
  private final MapState<String, List<Long>> requests;
  private final MapState<String, FirstReply> answered;
  private final ValueState<Long> swept;
  private final ValueState<Long> sweepTimer;
  private final MapState<String, TrainingOutcome> earlyOutcomes;

  KeyedAccountState(RuntimeContext context) {
    projects = undoable(context, map("projects", Project.class));
    models = undoable(context, map("models", ModelMetadata.class));
    inTraining =
        undoable(context, new ValueStateDescriptor<>("in-training", Types.LIST(Types.STRING)));
    datasets = undoable(context, map("datasets", KnownDataset.class));
    deletions = undoable(context, map("deletions", Deletion.class));
    requests =
        undoable(
            context, new MapStateDescriptor<>("requests", Types.STRING, Types.LIST(Types.LONG)));
    answered = undoable(context, map("answered", FirstReply.class));
    swept = undoable(context, new ValueStateDescriptor<>("swept", Long.class));
    sweepTimer = undoable(context, new ValueStateDescriptor<>("sweep-timer", Long.class));
    earlyOutcomes = undoable(context, map("early-outcomes", TrainingOutcome.class));
  }

  private <V> MapState<String, V> undoable(
      RuntimeContext context, MapStateDescriptor<String, V> descriptor) {
    return new UndoableMapState<>(context.getMapState(descriptor), undo);
  }

  private <V> ValueState<V> undoable(RuntimeContext context, ValueStateDescriptor<V> descriptor) {
    return new UndoableValueState<>(context.getState(descriptor), undo);
  }

  private static <V> MapStateDescriptor<String, V> map(String name, Class<V> type) {
    return new MapStateDescriptor<>(name, String.class, type);
  }

  /**
   * Runs a decision that writes this state.
   *
   * @throws RolledBackException when it failed: the state is as it was before
   */
  <T> T orRollBack(Supplier<T> decision) throws RolledBackException {
    return undo.run(decision);
  }

  @Override
  public Optional<Project> project(String name) {
    return StateAccess.read(() -> projects.get(name));
  }

  @Override
  public void put(Project project) {
    StateAccess.write(() -> projects.put(project.description().getProjectName(), project));
  }

  @Override
  public void removeProject(String name) {
    StateAccess.write(() -> projects.remove(name));
  }

  @Override
  public Optional<ModelMetadata> model(String arn) {
    return StateAccess.read(() -> models.get(arn));
  }

  @Override
  public void put(ModelMetadata model) {
    StateAccess.write(() -> models.put(model.getModelArn(), model));
  }

  @Override
  public void removeModel(String arn) {
    StateAccess.write(() -> models.remove(arn));
  }

  @Override
  public List<String> inTraining() {
    return StateAccess.read(inTraining::value).orElse(List.of());
  }

  @Override
  public void putInTraining(List<String> arns) {
    StateAccess.write(
        () -> {
          if (arns.isEmpty()) {
            inTraining.clear();
          } else {
            inTraining.update(new ArrayList<>(arns));
          }
        });
  }

  @Override
  public Optional<KnownDataset> dataset(String project, DatasetType type) {
    return StateAccess.read(() -> datasets.get(KnownDataset.key(project, type)));
  }

  @Override
  public void put(KnownDataset dataset) {
    StateAccess.write(
        () -> datasets.put(KnownDataset.key(dataset.project(), dataset.type()), dataset));
  }

  @Override
  public List<KnownDataset> importing() {
    List<KnownDataset> importing = new ArrayList<>();
    StateAccess.write(
        () -> {
          for (KnownDataset dataset : datasets.values()) {
            if (dataset.isBusy()) {
              importing.add(dataset);
            }
          }
        });
    return importing;
  }

  @Override
  public void removeDataset(String project, DatasetType type) {
    StateAccess.write(() -> datasets.remove(KnownDataset.key(project, type)));
  }

  @Override
  public Optional<Deletion> deletion(String project, DatasetType type) {
    return StateAccess.read(() -> deletions.get(KnownDataset.key(project, type)));
  }

  @Override
  public void put(String project, DatasetType type, Deletion deletion) {
    StateAccess.write(() -> deletions.put(KnownDataset.key(project, type), deletion));
  }

  @Override
  public List<Long> requests(String operation) {
    return StateAccess.read(() -> requests.get(operation)).orElse(List.of());
  }

  @Override
  public void putRequests(String operation, List<Long> timestamps) {
    StateAccess.write(() -> requests.put(operation, new ArrayList<>(timestamps)));
  }

  @Override
  public Optional<FirstReply> answered(String scopedToken) {
    return StateAccess.read(() -> answered.get(scopedToken));
  }

  @Override
  public void remember(String scopedToken, FirstReply answer) {
    StateAccess.write(() -> answered.put(scopedToken, answer));
  }

  @Override
  public void forgetBefore(long timestamp) {
    StateAccess.write(
        () -> {
          long hour = Retention.hour(timestamp);
          Long last = swept.value();
          if (last == null || last < hour) {
            swept.update(hour);
            sweep(Retention.startOf(hour));
          }
        });
  }

  /** Forgets everything from before a record time. */
  void sweep(long before) {
    StateAccess.write(
        () -> {
          removeAll(answered, Retention.expired(answered.entries(), before, FirstReply::timestamp));
          removeAll(deletions, Retention.expired(deletions.entries(), before, Deletion::timestamp));
          removeAll(requests, Retention.expired(requests.entries(), before, Retention::newest));
          if (!hasEntriesToSweep()) {
            swept.clear();
          }
        });
  }

  private static <V> void removeAll(MapState<String, V> map, List<String> keys) throws Exception {
    for (String key : keys) {
      map.remove(key);
    }
  }

  boolean hasEntriesToSweep() {
    return StateAccess.read(
            () -> !answered.isEmpty() || !deletions.isEmpty() || !requests.isEmpty())
        .orElse(false);
  }

  @Override
  public Optional<TrainingOutcome> takeEarlyOutcome(String modelArn) {
    return StateAccess.read(
        () -> {
          TrainingOutcome outcome = earlyOutcomes.get(modelArn);
          if (outcome != null) {
            earlyOutcomes.remove(modelArn);
          }
          return outcome;
        });
  }

  @Override
  public void keepEarlyOutcome(TrainingOutcome outcome) {
    StateAccess.write(() -> earlyOutcomes.put(outcome.getModelArn(), outcome));
  }

  /** Processing time of the timer of a sweep, in milliseconds since the epoch, if one is set. */
  Optional<Long> sweepTimer() {
    return StateAccess.read(sweepTimer::value);
  }

  /**
   * @param at processing time of the timer, in milliseconds since the epoch
   */
  void putSweepTimer(long at) {
    StateAccess.write(() -> sweepTimer.update(at));
  }

  void clearSweepTimer() {
    sweepTimer.clear();
  }
}

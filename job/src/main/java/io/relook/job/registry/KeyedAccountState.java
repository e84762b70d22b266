package io.relook.job.registry;

import io.relook.job.state.StateAccess;
import io.relook.wire.DatasetType;
import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;

/**
 * The state of the current account, in Flink's keyed state; {@link RegistryFunction} lists its
 * parts.
 */
record KeyedAccountState(
    MapState<String, Project> projects,
    MapState<String, ModelMetadata> modelsByArn,
    ValueState<List<String>> inTrainingArns,
    MapState<String, KnownDataset> datasets,
    MapState<String, Deletion> deletions,
    MapState<String, List<Long>> requestTimes,
    MapState<String, FirstReply> answered,
    ValueState<Long> swept,
    MapState<String, TrainingOutcome> earlyOutcomes)
    implements AccountState {

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
    return StateAccess.read(() -> modelsByArn.get(arn));
  }

  @Override
  public void put(ModelMetadata model) {
    StateAccess.write(() -> modelsByArn.put(model.getModelArn(), model));
  }

  @Override
  public void removeModel(String arn) {
    StateAccess.write(() -> modelsByArn.remove(arn));
  }

  @Override
  public List<String> inTraining() {
    return StateAccess.read(inTrainingArns::value).orElse(List.of());
  }

  @Override
  public void putInTraining(List<String> arns) {
    StateAccess.write(
        () -> {
          if (arns.isEmpty()) {
            inTrainingArns.clear();
          } else {
            inTrainingArns.update(new ArrayList<>(arns));
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
    return StateAccess.read(() -> requestTimes.get(operation)).orElse(List.of());
  }

  @Override
  public void putRequests(String operation, List<Long> timestamps) {
    StateAccess.write(() -> requestTimes.put(operation, new ArrayList<>(timestamps)));
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
          removeAll(
              requestTimes, Retention.expired(requestTimes.entries(), before, Retention::newest));
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
            () -> !answered.isEmpty() || !deletions.isEmpty() || !requestTimes.isEmpty())
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
}

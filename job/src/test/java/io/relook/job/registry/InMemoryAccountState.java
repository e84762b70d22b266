package io.relook.job.registry;

import io.relook.wire.DatasetType;
import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingOutcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An account's memory without Flink. */
final class InMemoryAccountState implements AccountState {
  final Map<String, Project> projects = new HashMap<>();
  final Map<String, ModelMetadata> models = new HashMap<>();
  final Map<String, KnownDataset> datasets = new HashMap<>();
  final Map<String, Deletion> deletions = new HashMap<>();
  final Map<String, List<Long>> requests = new HashMap<>();
  final Map<String, FirstReply> answered = new HashMap<>();
  List<String> inTraining = List.of();
  final Map<String, TrainingOutcome> early = new HashMap<>();

  @Override
  public Optional<Project> project(String name) {
    return Optional.ofNullable(projects.get(name));
  }

  @Override
  public void put(Project project) {
    projects.put(project.description().getProjectName(), project);
  }

  @Override
  public Optional<ModelMetadata> model(String arn) {
    return Optional.ofNullable(models.get(arn));
  }

  @Override
  public void put(ModelMetadata model) {
    models.put(model.getModelArn(), model);
  }

  @Override
  public Optional<FirstReply> answered(String scopedToken) {
    return Optional.ofNullable(answered.get(scopedToken));
  }

  @Override
  public void remember(String scopedToken, FirstReply answer) {
    answered.put(scopedToken, answer);
  }

  @Override
  public void removeProject(String name) {
    projects.remove(name);
  }

  @Override
  public List<KnownDataset> importing() {
    return datasets.values().stream().filter(KnownDataset::isBusy).toList();
  }

  @Override
  public void removeModel(String arn) {
    models.remove(arn);
  }

  @Override
  public List<String> inTraining() {
    return inTraining;
  }

  @Override
  public void putInTraining(List<String> arns) {
    inTraining = List.copyOf(arns);
  }

  @Override
  public Optional<KnownDataset> dataset(String project, DatasetType type) {
    return Optional.ofNullable(datasets.get(KnownDataset.key(project, type)));
  }

  @Override
  public void put(KnownDataset dataset) {
    datasets.put(KnownDataset.key(dataset.project(), dataset.type()), dataset);
  }

  @Override
  public void removeDataset(String project, DatasetType type) {
    datasets.remove(KnownDataset.key(project, type));
  }

  @Override
  public Optional<Deletion> deletion(String project, DatasetType type) {
    return Optional.ofNullable(deletions.get(KnownDataset.key(project, type)));
  }

  @Override
  public void put(String project, DatasetType type, Deletion deletion) {
    deletions.put(KnownDataset.key(project, type), deletion);
  }

  @Override
  public List<Long> requests(String operation) {
    return requests.getOrDefault(operation, List.of());
  }

  @Override
  public void putRequests(String operation, List<Long> timestamps) {
    requests.put(operation, List.copyOf(timestamps));
  }

  @Override
  public void forgetBefore(long timestamp) {
    answered.values().removeIf(answer -> answer.timestamp() < timestamp);
    deletions.values().removeIf(deletion -> deletion.timestamp() < timestamp);
    requests.values().removeIf(times -> times.stream().allMatch(at -> at < timestamp));
  }

  @Override
  public Optional<TrainingOutcome> takeEarlyOutcome(String modelArn) {
    return Optional.ofNullable(early.remove(modelArn));
  }

  @Override
  public void keepEarlyOutcome(TrainingOutcome outcome) {
    early.put(outcome.getModelArn(), outcome);
  }
}

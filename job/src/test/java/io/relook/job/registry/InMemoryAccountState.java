package io.relook.job.registry;

import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingOutcome;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** An account's memory without Flink. */
final class InMemoryAccountState implements AccountState {
  final Map<String, Project> projects = new HashMap<>();
  final Map<String, ModelMetadata> models = new HashMap<>();
  final Map<String, Answered> answered = new HashMap<>();
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
  public Optional<Answered> answered(String scopedToken) {
    return Optional.ofNullable(answered.get(scopedToken));
  }

  @Override
  public void remember(String scopedToken, Answered answer) {
    answered.put(scopedToken, answer);
  }

  @Override
  public void forgetAnsweredBefore(long timestamp) {
    answered.values().removeIf(answer -> answer.timestamp() < timestamp);
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

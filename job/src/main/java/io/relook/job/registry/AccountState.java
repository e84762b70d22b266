package io.relook.job.registry;

import io.relook.wire.DatasetType;
import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingOutcome;
import java.util.List;
import java.util.Optional;

/** What the registry remembers of one account. */
public interface AccountState {

  Optional<Project> project(String name);

  void put(Project project);

  void removeProject(String name);

  Optional<ModelMetadata> model(String arn);

  void put(ModelMetadata model);

  void removeModel(String arn);

  /** ARNs of the models in training. */
  List<String> inTraining();

  void putInTraining(List<String> arns);

  Optional<KnownDataset> dataset(String project, DatasetType type);

  void put(KnownDataset dataset);

  /** Data sets into which a manifest is being imported: looks at all data sets of the account. */
  List<KnownDataset> importing();

  void removeDataset(String project, DatasetType type);

  /** The last deletion of a data set, unless it was forgotten. */
  Optional<Deletion> deletion(String project, DatasetType type);

  void put(String project, DatasetType type, Deletion deletion);

  /** Record times of the latest requests of an operation, oldest first. */
  List<Long> requests(String operation);

  void putRequests(String operation, List<Long> timestamps);

  /** The first answer to a scoped client token, unless it was forgotten. */
  Optional<FirstReply> answered(String scopedToken);

  void remember(String scopedToken, FirstReply answered);

  /** Forgets answers, deletions and requests of commands with record times before the given one. */
  void forgetBefore(long timestamp);

  /** Removes and returns the outcome that came before the command of its training. */
  Optional<TrainingOutcome> takeEarlyOutcome(String modelArn);

  void keepEarlyOutcome(TrainingOutcome outcome);
}

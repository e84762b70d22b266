package io.relook.job.registry;

import io.relook.wire.ModelMetadata;
import io.relook.wire.TrainingOutcome;
import java.util.Optional;

/** What the registry remembers of one account. */
public interface AccountState {

  Optional<Project> project(String name);

  void put(Project project);

  Optional<ModelMetadata> model(String arn);

  void put(ModelMetadata model);

  /** The answer that a scoped client token got, however long ago. */
  Optional<Answered> answered(String scopedToken);

  void remember(String scopedToken, Answered answered);

  /** Forgets answers to commands with record times before the given one. */
  void forgetAnsweredBefore(long timestamp);

  /** Takes the outcome that came before the command that started its training. */
  Optional<TrainingOutcome> takeEarlyOutcome(String modelArn);

  void keepEarlyOutcome(TrainingOutcome outcome);
}

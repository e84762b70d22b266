package io.relook.job.registry;

import io.relook.wire.CommandReply;
import io.relook.wire.CutMarker;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ProjectDescription;

/** What the registry has to say. All of one command or outcome is written in one transaction. */
public sealed interface RegistryEffect {

  /** To the sender of a command. */
  record Reply(CommandReply reply) implements RegistryEffect {}

  /** A model's new state. */
  record Model(ModelMetadata model) implements RegistryEffect {}

  /** A model is gone: a tombstone. */
  record ModelGone(String arn) implements RegistryEffect {}

  /** A project's new state. */
  record NewProject(ProjectDescription project) implements RegistryEffect {}

  /** A project is gone: a tombstone. */
  record ProjectGone(String arn) implements RegistryEffect {}

  /**
   * A command for a data set, to be written into every partition of the image topic.
   *
   * @param marker the marker of partition 0
   */
  record Cut(CutMarker marker) implements RegistryEffect {}
}

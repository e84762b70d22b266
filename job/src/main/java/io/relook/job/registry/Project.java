package io.relook.job.registry;

import io.relook.wire.ProjectDescription;
import org.jspecify.annotations.Nullable;

/**
 * A project as the registry knows it.
 *
 * @param lastVersion number of the newest model, whatever became of it: no number is used twice,
 *     until the project is deleted and another one of its name begins at 1
 * @param models number of models it has; null in state of version 0.1 that nobody has counted since
 */
public record Project(ProjectDescription description, int lastVersion, @Nullable Integer models) {

  /** A project without models. */
  static Project created(ProjectDescription description) {
    return new Project(description, 0, 0);
  }
}

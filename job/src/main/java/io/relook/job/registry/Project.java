package io.relook.job.registry;

import io.relook.wire.ProjectDescription;

/**
 * A project as the registry knows it.
 *
 * @param lastVersion number of the newest model, whatever became of it: no number is used twice,
 *     until the project is deleted and another one of its name begins at 1
 * @param models number of models it has
 */
public record Project(ProjectDescription description, int lastVersion, int models) {

  /** A project without models. */
  static Project created(ProjectDescription description) {
    return new Project(description, 0, 0);
  }
}

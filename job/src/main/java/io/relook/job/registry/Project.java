package io.relook.job.registry;

import io.relook.wire.ProjectDescription;

/**
 * A project as the registry knows it.
 *
 * @param description what the API says about the project
 * @param lastVersion version of the newest model that was ever created, deleted or not, so no
 *     version is used twice. A new project of the same name starts at 1 again
 * @param models number of models it has
 */
public record Project(ProjectDescription description, int lastVersion, int models) {

  /** A project without models. */
  static Project created(ProjectDescription description) {
    return new Project(description, 0, 0);
  }
}

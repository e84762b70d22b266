package io.relook.job.registry;

import io.relook.job.kafka.KafkaRecord;
import io.relook.wire.ProjectDescription;
import org.jspecify.annotations.Nullable;

/**
 * A project as the registry knows it.
 *
 * @param description what the API says about the project
 * @param lastVersion version of the newest model that was ever created, deleted or not, so no
 *     version is used twice. A new project of the same name starts at 1 again
 * @param models number of models it has
 * @param incarnation place of its CreateProject: tells it from earlier projects of its name. Empty
 *     for a project from before incarnations were known
 * @param lastSequence sequence of its newest cut
 */
public record Project(
    ProjectDescription description,
    int lastVersion,
    int models,
    String incarnation,
    long lastSequence) {

  /** State of earlier versions has no incarnation. */
  public Project(
      ProjectDescription description,
      int lastVersion,
      int models,
      @Nullable String incarnation,
      long lastSequence) {
    this.description = description;
    this.lastVersion = lastVersion;
    this.models = models;
    this.incarnation = incarnation == null ? "" : incarnation;
    this.lastSequence = lastSequence;
  }

  /**
   * A project without models.
   *
   * <p>Its sequence begins at twice the offset of its CreateProject. Each of the account's later
   * commands has an offset of its own and leads to two cuts at most, its own and that of the end of
   * its import, so the sequence stays below twice the offset of any later CreateProject: it also
   * grows from one incarnation to the next, without a state that outlives the project.
   */
  static Project created(ProjectDescription description, KafkaRecord createProject) {
    return new Project(description, 0, 0, createProject.place(), 2 * createProject.offset());
  }

  /** The project with a newer version of its model. */
  Project withVersion(int version) {
    return new Project(description, version, models + 1, incarnation, lastSequence);
  }

  /** The project after one of its models was deleted. */
  Project withoutModel() {
    return new Project(description, lastVersion, models - 1, incarnation, lastSequence);
  }

  /** The project with another description. */
  Project withDescription(ProjectDescription changed) {
    return new Project(changed, lastVersion, models, incarnation, lastSequence);
  }

  /** The project after one more cut. */
  Project withCut() {
    return new Project(description, lastVersion, models, incarnation, lastSequence + 1);
  }
}

package io.relook.job.registry;

import io.relook.wire.ProjectDescription;

/**
 * A project as the registry knows it.
 *
 * @param lastVersion number of the newest model, whatever became of it; numbers are never reused
 */
public record Project(ProjectDescription description, int lastVersion) {}

package io.relook.client.cli;

import io.relook.client.RelookConnection;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetType;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A data set by project and type: a mixin. */
final class DatasetOptions {
  @Mixin private ProjectOption project = new ProjectOption();

  @Option(
      names = "--dataset",
      paramLabel = "SET",
      defaultValue = "train",
      description = "train or test; default ${DEFAULT-VALUE}.")
  private DatasetType type = DatasetType.TRAIN;

  String project() {
    return project.name();
  }

  DatasetType type() {
    return type;
  }

  /** Whether an event is of this data set in the connection's account. */
  boolean matches(DatasetDescription dataset, RelookConnection relook) {
    return dataset.getAccount().equals(relook.settings().account())
        && dataset.getProjectName().equals(project.name())
        && dataset.getDatasetType() == type;
  }

  /** The data set in words, such as {@code train data set of project cookies}. */
  String words() {
    return "%s data set of project %s".formatted(DatasetText.name(type), project.name());
  }
}

package io.relook.client.cli;

import io.relook.client.Models;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.wire.ModelMetadata;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A model by project and version: a mixin. */
final class ModelOptions {
  @Mixin private ProjectOption project = new ProjectOption();

  @Option(
      names = "--model-version",
      paramLabel = "N",
      defaultValue = "latest",
      description = "Version; default ${DEFAULT-VALUE}.")
  private String version = "latest";

  /**
   * The latest event of the model.
   *
   * @throws RelookException when there is no such model
   */
  ModelMetadata find(RelookConnection relook) {
    String account = relook.settings().account();
    try (Models models = relook.models()) {
      models.catchUp(relook.clock());
      return models
          .find(account, project.name(), version)
          .orElseThrow(
              () ->
                  new RelookException(
                      Kind.FAILED,
                      "Account %s has no model of project %s with version %s; see 'relook models list'."
                          .formatted(account, project.name(), version)));
    }
  }
}

package io.relook.client.cli;

import picocli.CommandLine.Option;

/** The version of a model that a command changes: a mixin. */
final class VersionOption {
  @Option(
      names = "--model-version",
      required = true,
      paramLabel = "N",
      description = "Version; must be a number.")
  private String version = "";

  /** The version as it was given: the job's rules apply to it. */
  String version() {
    return version;
  }
}

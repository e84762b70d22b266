package io.relook.client.cli;

import picocli.CommandLine.Option;

/** The project: a mixin of every command that needs one. */
final class ProjectOption {
  @Option(names = "--project", required = true, paramLabel = "NAME", description = "Project.")
  private String project = "";

  String name() {
    return project;
  }
}

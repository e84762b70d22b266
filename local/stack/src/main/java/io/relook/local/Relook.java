package io.relook.local;

import io.relook.chaos.ChaosCommand;
import io.relook.client.cli.RelookCommand;
import io.relook.cluster.ClusterCommand;
import picocli.CommandLine;

/** The full command line: the client's commands and those that run a stack or a cluster here. */
public final class Relook {

  private Relook() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return RelookCommand.commandLine(
        new DemoCommand(),
        new LocalCommand(),
        new ClusterCommand(),
        new ChaosCommand(),
        new PredictCommand());
  }
}

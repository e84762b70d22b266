package io.relook.local;

import io.relook.chaos.ChaosCommand;
import io.relook.client.cli.RelookCommand;
import io.relook.cluster.ClusterCommand;
import picocli.CommandLine;

/** The command line with everything: the client's commands, and the stack in one JVM. */
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

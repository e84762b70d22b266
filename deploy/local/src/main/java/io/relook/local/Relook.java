package io.relook.local;

import io.relook.client.cli.RelookCommand;
import io.relook.cluster.ClusterCommand;
import io.relook.cluster.chaos.ChaosCommand;
import picocli.CommandLine;

/** The command line with everything: the client's commands, and the stack in one JVM. */
public final class Relook {

  private Relook() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = RelookCommand.commandLine();
    commandLine.addSubcommand(new DemoCommand());
    commandLine.addSubcommand(new LocalCommand());
    commandLine.addSubcommand(new ClusterCommand());
    commandLine.addSubcommand(new ChaosCommand());
    commandLine.addSubcommand(new PredictCommand());
    // Settings reach those commands alone that are there already.
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setUsageHelpLongOptionsMaxWidth(28);
    return commandLine;
  }
}

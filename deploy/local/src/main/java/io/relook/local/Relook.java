package io.relook.local;

import io.relook.client.cli.RelookCommand;
import io.relook.cluster.ClusterCommand;
import picocli.CommandLine;

/** The command line with everything: the client's commands, and the stack in one JVM. */
public final class Relook {

  private Relook() {}

  public static void main(String[] args) {
    CommandLine commandLine = RelookCommand.commandLine();
    commandLine.addSubcommand(new DemoCommand());
    commandLine.addSubcommand(new LocalCommand());
    commandLine.addSubcommand(new ClusterCommand());
    // Holds for the commands that are there when it is said.
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    System.exit(commandLine.execute(args));
  }
}

package io.relook.bench;

import io.relook.bench.accuracy.AccuracyCommand;
import io.relook.bench.load.LoadCommand;
import io.relook.bench.load.MemoryCommand;
import io.relook.bench.retrain.RetrainCommand;
import io.relook.client.cli.RelookCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code relook bench}: repeatable measurements. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Measures relook.",
    subcommands = {
      AccuracyCommand.class,
      RetrainCommand.class,
      MemoryCommand.class,
      LoadCommand.class
    })
public final class Bench implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] args) {
    System.exit(RelookCommand.commandLine(new Bench()).execute(args));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing.");
  }
}

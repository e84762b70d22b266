package io.relook.client.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What a command that only groups others says when it is run alone. */
final class Subcommands {
  private Subcommands() {}

  /** Wrong use that names the subcommands, in the order in which they are declared. */
  static ParameterException missing(CommandSpec command) {
    List<String> names = new ArrayList<>(command.subcommands().keySet());
    String last = names.remove(names.size() - 1);
    return new ParameterException(
        command.commandLine(),
        "A command is missing: %s or %s.".formatted(String.join(", ", names), last));
  }
}

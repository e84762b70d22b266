package io.relook.client.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/** What a run of the command line gave. */
record Ran(int exitCode, String out, String err) {

  /** Runs the command line in this process. */
  static Ran relook(String... args) {
    CommandLine commandLine = RelookCommand.commandLine();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    int exitCode = commandLine.execute(args);
    return new Ran(exitCode, out.toString(), err.toString());
  }

  List<String> lines() {
    return out.isEmpty() ? List.of() : Arrays.asList(out.split("\\R"));
  }
}

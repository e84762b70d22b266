package io.relook.client.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine;

/** Prints results on standard output, as text or JSON, and progress on standard error. */
record Printer(CommandLine command, boolean json) {

  /** Prints JSON on one line when a script reads, else the text. */
  void print(JsonNode node, String text) {
    line(json ? RecordJson.line(node) : text);
  }

  /** Prints a result. */
  void line(String text) {
    PrintWriter out = command.getOut();
    out.println(text);
    out.flush();
  }

  /** Shows a person the progress, apart from the results so that these can be piped. */
  void progress(String text) {
    PrintWriter err = command.getErr();
    err.println(text);
    err.flush();
  }
}

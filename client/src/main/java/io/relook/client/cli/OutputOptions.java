package io.relook.client.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command prints: a mixin of every command. */
public final class OutputOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text for people, json for scripts; default ${DEFAULT-VALUE}.")
  private Format format = Format.TEXT;

  @Option(names = "--debug", description = "Print stack traces of failures.")
  private boolean debug;

  /** Who reads the output. */
  enum Format {
    /** For people. */
    TEXT,
    /** For scripts: one JSON value a line. */
    JSON
  }

  /** Whether a script reads. */
  public boolean isJson() {
    return format == Format.JSON;
  }

  /** Whether to print stack traces. */
  public boolean isDebug() {
    return debug;
  }

  /** Prints JSON on one line when a script reads, else the text. */
  public void print(JsonNode json, String text) {
    printer().print(json, text);
  }

  /**
   * Prints records as one JSON array when a script reads, else the table.
   *
   * @param none stands in place of an empty table
   */
  void printList(List<? extends SpecificRecord> records, String table, String none) {
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    records.forEach(record -> json.add(RecordJson.of(record)));
    print(json, records.isEmpty() ? none : table);
  }

  /** Prints a result on standard output. */
  public void line(String text) {
    printer().line(text);
  }

  /** Shows a person the progress, on standard error. */
  public void progress(String text) {
    printer().progress(text);
  }

  /** Where a person reads the progress: standard error. */
  PrintWriter progressWriter() {
    return command.commandLine().getErr();
  }

  private Printer printer() {
    return new Printer(command.commandLine(), isJson());
  }
}

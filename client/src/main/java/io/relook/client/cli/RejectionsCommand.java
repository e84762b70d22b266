package io.relook.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.Rejections;
import io.relook.client.Rejections.Rejected;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.RelookSettings;
import io.relook.wire.Rejection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relook rejections}. */
@Command(
    name = "rejections",
    mixinStandardHelpOptions = true,
    description = "Shows rejected messages and sends them again.",
    subcommands = {
      RejectionsCommand.ListRejections.class,
      RejectionsCommand.Show.class,
      RejectionsCommand.Resend.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook rejections list --project cookies --since 2h",
      "  relook rejections show relook.images-0-42 --to message.bin",
      "  relook rejections resend relook.images-0-42"
    })
final class RejectionsCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw Subcommands.missing(spec);
  }

  private static ObjectNode json(Rejected rejected) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("place", rejected.place());
    json.put("rejectedAt", rejected.at().toString());
    json.setAll(RecordJson.of(rejected.rejection()));
    return json;
  }

  private static String orDash(@Nullable String text) {
    return text == null ? "-" : text;
  }

  /** {@code relook rejections list}. */
  @Command(
      name = "list",
      customSynopsis = "relook rejections list [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Lists rejected messages, oldest first.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  relook rejections list",
        "  relook rejections list --code POISON --since 1h --output json"
      })
  static final class ListRejections implements Callable<Integer> {
    @Option(names = "--project", paramLabel = "NAME", description = "Only of this project.")
    private @Nullable String project;

    @Option(
        names = "--code",
        paramLabel = "CODE",
        description = "Only with this reason code, such as UNREADABLE_PICTURE.")
    private @Nullable String code;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        description = "Only rejected since then: 30m, 2h, or 2026-11-24T12:00:00Z.")
    private @Nullable String since;

    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      Instant from = since == null ? Instant.MIN : instant(since, relook.clock().instant());
      List<Rejected> found =
          relook
              .rejections()
              .find(
                  rejected ->
                      (project == null || project.equals(rejected.rejection().getProject()))
                          && (code == null || code.equals(rejected.rejection().getCode()))
                          && !rejected.at().isBefore(from));
      ArrayNode json = JsonNodeFactory.instance.arrayNode();
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("PLACE", "REJECTED", "CODE", "PROJECT", "SOURCE REF"));
      for (Rejected rejected : found) {
        json.add(json(rejected));
        Rejection rejection = rejected.rejection();
        rows.add(
            List.of(
                rejected.place(),
                Text.time(rejected.at()),
                rejection.getCode(),
                orDash(rejection.getProject()),
                orDash(rejection.getSourceRef())));
      }
      output.print(json, found.isEmpty() ? "Nothing was rejected." : Text.table(rows));
      return ExitCode.OK.code();
    }

    private static Instant instant(String text, Instant now) {
      try {
        return Instant.parse(text);
      } catch (DateTimeParseException e) {
        return now.minus(RelookSettings.duration(text, "--since"));
      }
    }
  }

  /** {@code relook rejections show}. */
  @Command(
      name = "show",
      customSynopsis = "relook rejections show PLACE [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Shows why a message was rejected, and writes its bytes to a file.",
      footerHeading = "%nExample:%n",
      footer = "  relook rejections show relook.images-0-42 --to message.bin")
  static final class Show implements Callable<Integer> {
    @Parameters(paramLabel = "PLACE", description = "Place of the message: topic-partition-offset.")
    private String place = "";

    @Option(
        names = "--to",
        paramLabel = "FILE",
        description = "Writes the message's bytes to this file.")
    private @Nullable Path to;

    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      Rejections rejections = connection.connection().rejections();
      Rejected rejected = rejections.get(place);
      Rejection rejection = rejected.rejection();
      if (to != null) {
        write(rejections.bytes(rejection).orElse(new byte[0]), to);
      }
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("Place", rejected.place()));
      rows.add(List.of("Reason", rejection.getCode() + " in " + rejection.getStage()));
      rows.add(List.of("", rejection.getMessage()));
      rows.add(List.of("Project", orDash(rejection.getProject())));
      rows.add(List.of("Source ref", orDash(rejection.getSourceRef())));
      rows.add(List.of("Sent", Text.time(rejection.getTimestamp())));
      rows.add(List.of("Rejected", Text.time(rejected.at())));
      rows.add(
          List.of(
              "Message",
              rejection.getOriginalLength() + " bytes, SHA-256 " + rejection.getOriginalDigest()));
      if (to != null) {
        rows.add(List.of("Written to", to.toString()));
      }
      output.print(json(rejected), Text.table(rows));
      return ExitCode.OK.code();
    }

    private static void write(byte[] bytes, Path file) {
      try {
        Files.write(file, bytes);
      } catch (IOException e) {
        throw new RelookException(Kind.FAILED, "The file " + file + " cannot be written.", e);
      }
    }
  }

  /** {@code relook rejections resend}. */
  @Command(
      name = "resend",
      customSynopsis = "relook rejections resend PLACE... [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Sends rejected messages again as they were, after the cause is removed.",
        "Each goes with its key to its former partition; its rejection stays."
      },
      footerHeading = "%nExample:%n",
      footer = "  relook rejections resend relook.images-0-42")
  static final class Resend implements Callable<Integer> {
    @Parameters(
        paramLabel = "PLACE",
        arity = "1..*",
        description = "Places of the messages: topic-partition-offset.")
    private List<String> places = List.of();

    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      Rejections rejections = connection.connection().rejections();
      // Finds all of them before the first is sent.
      List<Rejected> found = places.stream().map(rejections::get).toList();
      for (Rejected rejected : found) {
        RecordMetadata sent = rejections.resend(rejected.rejection());
        String now = sent.topic() + "-" + sent.partition() + "-" + sent.offset();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("place", rejected.place());
        json.put("sentTo", now);
        output.print(json, "Sent " + rejected.place() + " again as " + now + ".");
      }
      return ExitCode.OK.code();
    }
  }
}

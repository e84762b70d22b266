package io.relook.client.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.schemas.signing.KeyFiles;
import io.relook.schemas.signing.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relook markers}. */
@Command(
    name = "markers",
    mixinStandardHelpOptions = true,
    description = "Makes the keys that cut markers are signed with.",
    subcommands = MarkersCommand.CreateKey.class,
    footerHeading = "%nExample:%n",
    footer = "  relook markers create-key secrets/")
final class MarkersCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing: create-key.");
  }

  /** {@code relook markers create-key}. */
  @Command(
      name = "create-key",
      customSynopsis = "relook markers create-key DIR [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Makes an Ed25519 key pair for the job, in two files in PEM.",
        "The control pipeline signs cut markers with the private key; the data pipeline only needs"
            + " the public one. Files that exist already stay as they are."
      },
      footerHeading = "%nExample:%n",
      footer = "  relook markers create-key secrets/ --id 2027-01")
  static final class CreateKey implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "Directory for the two files.")
    private Path directory = Path.of(".");

    @Option(
        names = "--id",
        paramLabel = "ID",
        description =
            "Id of the key: 1 to 64 letters, digits, dots, hyphens, underscores; default the month.")
    private @Nullable String id;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
      String name = id == null ? month(Clock.systemUTC()) : id;
      if (!SigningKey.isId(name)) {
        throw new ParameterException(
            spec.commandLine(),
            "The id '%s' of the key must have 1 to 64 letters, digits, dots, hyphens or underscores."
                .formatted(name));
      }
      KeyFiles files = KeyFiles.in(directory, name);
      boolean created;
      try {
        created = files.create();
      } catch (IOException e) {
        throw new RelookException(
            Kind.FAILED, "The key cannot be written to " + directory + ": " + e.getMessage(), e);
      }
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("id", files.id());
      json.put("created", created);
      json.put("signing", files.signing().toString());
      json.put("verify", files.verify().toString());
      output.print(
          json,
          """
          %s the key %s. Give it to the job:
            --%s='%s'
            --%s='%s'
          Keep %s secret: who has it can write commands into the image topic."""
              .formatted(
                  created ? "Created" : "There is already",
                  files.id(),
                  KeyFiles.SIGNING_KEY,
                  files.options().get(KeyFiles.SIGNING_KEY),
                  KeyFiles.VERIFY_KEYS,
                  files.options().get(KeyFiles.VERIFY_KEYS),
                  files.signing().getFileName()));
      return ExitCode.OK.code();
    }

    private static String month(Clock clock) {
      return YearMonth.now(clock.withZone(ZoneOffset.UTC)).toString();
    }
  }
}

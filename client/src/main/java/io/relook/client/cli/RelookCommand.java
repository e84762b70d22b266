package io.relook.client.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.RelookException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The root of the command line {@code relook}. */
@Command(
    name = "relook",
    mixinStandardHelpOptions = true,
    versionProvider = RelookCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Keeps visual defect-detection models trained.",
    subcommands = {
      RejectionsCommand.class,
      TopicsCommand.class,
      ProjectCommand.class,
      DatasetCommand.class,
      ImagesCommand.class,
      ModelCommand.class,
      ModelsCommand.class,
      TagCommand.class,
      MarkersCommand.class,
      SubmitCommand.class,
      DoctorCommand.class,
      CommandLine.HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:answered with an exception, or failed (for instance the training)",
      "2:wrong use: flags, settings, files",
      "3:broker, store, cluster or job did not answer in time",
      "4:a defect of this program"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook topics create",
      "  relook project create --project cookies",
      "  relook images send --project cookies photos/",
      "  relook model create --project cookies --output s3://models/cookies/ --wait",
      "  relook COMMAND --help"
    })
public final class RelookCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs the command line and ends the process. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /**
   * The command line.
   *
   * @param more commands of other modules, which get the same handling of failures
   */
  public static CommandLine commandLine(Object... more) {
    CommandLine commandLine = new CommandLine(new RelookCommand());
    for (Object command : more) {
      commandLine.addSubcommand(command);
    }
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setUsageHelpLongOptionsMaxWidth(28);
    commandLine.setAbbreviatedOptionsAllowed(false);
    commandLine.setExecutionExceptionHandler(RelookCommand::onFailure);
    commandLine.setParameterExceptionHandler(RelookCommand::onWrongUse);
    removeVersionOfSubcommands(commandLine);
    return commandLine;
  }

  /** On a model's command, {@code --version} would look like the version of the model. */
  private static void removeVersionOfSubcommands(CommandLine commandLine) {
    for (CommandLine subcommand : commandLine.getSubcommands().values()) {
      CommandSpec spec = subcommand.getCommandSpec();
      OptionSpec version = spec.findOption("--version");
      if (version != null && version.versionHelp()) {
        spec.remove(version);
      }
      removeVersionOfSubcommands(subcommand);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing.");
  }

  private static int onFailure(Exception failure, CommandLine command, ParseResult parsed) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    // Commands of other modules have --debug only if they mix it in.
    boolean debug = parsed.originalArgs().contains("--debug");
    boolean json = isJson(parsed.originalArgs());
    PrintWriter err = command.getErr();
    ExitCode code;
    String sentence;
    if (cause instanceof RelookException known) {
      code = ExitCode.of(known.kind());
      sentence = String.valueOf(known.getMessage());
    } else {
      code = ExitCode.INTERNAL;
      sentence =
          "An unexpected failure, which is a defect of relook: %s%s"
              .formatted(cause, debug ? "" : ". Run it again with --debug and report it.");
    }
    if (json) {
      ObjectNode error = JsonNodeFactory.instance.objectNode();
      error.put("error", sentence);
      error.put("exitCode", code.code());
      err.println(RecordJson.line(error));
    } else {
      err.println("relook: " + sentence);
    }
    if (debug) {
      failure.printStackTrace(err);
    }
    err.flush();
    return code.code();
  }

  /** Reads the words, since {@code --output} of {@code model create} has two meanings. */
  private static boolean isJson(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      String argument = args.get(i).toLowerCase(Locale.ROOT);
      if (argument.equals("--output=json")
          || (argument.equals("json") && i > 0 && args.get(i - 1).equals("--output"))) {
        return true;
      }
    }
    return false;
  }

  private static int onWrongUse(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("relook: " + wrong.getMessage());
    UnmatchedArgumentException.printSuggestions(wrong, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    if (Arrays.asList(args).contains("--debug")) {
      wrong.printStackTrace(err);
    }
    err.flush();
    return ExitCode.USAGE.code();
  }

  /** The version of the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = RelookCommand.class.getPackage().getImplementationVersion();
      return new String[] {
        "relook " + (version == null ? "(not from a jar)" : version),
        "Java ${java.version} (${java.vendor}), ${os.name} ${os.arch}"
      };
    }
  }
}

package io.relook.client.cli;

import io.relook.client.RelookConnection;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateProject;
import io.relook.wire.ProjectMetadata;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code relook project}. */
@Command(
    name = "project",
    mixinStandardHelpOptions = true,
    description = "Creates projects.",
    subcommands = ProjectCommand.Create.class,
    footerHeading = "%nExample:%n",
    footer = "  relook project create --project cookies")
final class ProjectCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing: create.");
  }

  /** {@code relook project create}. */
  @Command(
      name = "create",
      customSynopsis = "relook project create --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Creates a project and waits for the answer.",
      footerHeading = "%nExample:%n",
      footer = "  relook project create --project cookies")
  static final class Create implements Callable<Integer> {
    @Option(
        names = "--project",
        required = true,
        paramLabel = "NAME",
        description = "Name: letters, digits, - and _, at most 255.")
    private String project = "";

    @Option(
        names = "--client-token",
        paramLabel = "TOKEN",
        description =
            "The same token and parameters within 8 hours are the same call; default: a new one.")
    private @Nullable String token;

    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      String sent = token == null ? relook.newId() : token;
      CommandReply reply = Replies.to(relook, new CreateProject(project, sent));
      if (reply.getAnswer() instanceof ProjectMetadata created) {
        output.print(
            RecordJson.of(created),
            Text.table(
                List.of(
                    List.of("Project", created.getProjectName()),
                    List.of("ARN", created.getProjectArn()),
                    List.of("Created", Text.time(created.getCreationTimestamp())))));
      } else {
        output.print(RecordJson.of(reply), "Project " + project + " was created.");
      }
      return ExitCode.OK.code();
    }
  }
}

package io.relook.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.relook.client.LatestRecords;
import io.relook.client.RelookConnection;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateProject;
import io.relook.wire.DeleteProject;
import io.relook.wire.ProjectDescription;
import io.relook.wire.ProjectMetadata;
import java.util.ArrayList;
import java.util.Comparator;
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
    description = "Creates, lists and deletes projects.",
    subcommands = {
      ProjectCommand.Create.class,
      ProjectCommand.ListProjects.class,
      ProjectCommand.Delete.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook project create --project cookies",
      "  relook project list",
      "  relook project delete --project cookies"
    })
final class ProjectCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "A command is missing: create, list or delete.");
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

  /** {@code relook project list}. */
  @Command(
      name = "list",
      customSynopsis = "relook project list [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Lists the account's projects.",
      footerHeading = "%nExample:%n",
      footer = "  relook project list --output json")
  static final class ListProjects implements Callable<Integer> {
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      ArrayNode json = JsonNodeFactory.instance.arrayNode();
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("PROJECT", "CREATED", "ARN"));
      try (LatestRecords<ProjectDescription> projects = relook.projects()) {
        projects.catchUp(relook.clock()).stream()
            .filter(project -> project.getAccount().equals(relook.settings().account()))
            .sorted(Comparator.comparing(ProjectDescription::getProjectName))
            .forEach(
                project -> {
                  json.add(RecordJson.of(project));
                  rows.add(
                      List.of(
                          project.getProjectName(),
                          Text.time(project.getCreationTimestamp()),
                          project.getProjectArn()));
                });
      }
      output.print(
          json,
          json.isEmpty()
              ? "Account %s has no projects.".formatted(relook.settings().account())
              : Text.table(rows));
      return ExitCode.OK.code();
    }
  }

  /** {@code relook project delete}. */
  @Command(
      name = "delete",
      customSynopsis = "relook project delete --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Deletes a project without models and data sets.",
      footerHeading = "%nExample:%n",
      footer = "  relook project delete --project cookies")
  static final class Delete implements Callable<Integer> {
    @Option(names = "--project", required = true, paramLabel = "NAME", description = "Project.")
    private String project = "";

    @Mixin private DatasetCommand.TokenOption token = new DatasetCommand.TokenOption();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      CommandReply reply = Replies.to(relook, new DeleteProject(project, token.token(relook)));
      output.print(RecordJson.of(reply), "Project " + project + " was deleted.");
      return ExitCode.OK.code();
    }
  }
}

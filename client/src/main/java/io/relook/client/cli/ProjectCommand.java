package io.relook.client.cli;

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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
    throw Subcommands.missing(spec);
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

    @Mixin private TokenOption token = new TokenOption();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      CommandReply reply = Replies.to(relook, new CreateProject(project, token.token(relook)));
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
      String account = relook.settings().account();
      try (LatestRecords<ProjectDescription> projects = relook.projects()) {
        List<ProjectDescription> found =
            projects.catchUp(relook.clock()).stream()
                .filter(project -> project.getAccount().equals(account))
                .sorted(Comparator.comparing(ProjectDescription::getProjectName))
                .toList();
        output.printList(found, table(found), Text.none("projects", account, null));
      }
      return ExitCode.OK.code();
    }

    private static String table(List<ProjectDescription> projects) {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("PROJECT", "CREATED", "ARN"));
      for (ProjectDescription project : projects) {
        rows.add(
            List.of(
                project.getProjectName(),
                Text.time(project.getCreationTimestamp()),
                project.getProjectArn()));
      }
      return Text.table(rows);
    }
  }

  /** {@code relook project delete}. */
  @Command(
      name = "delete",
      customSynopsis = "relook project delete --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Deletes a project that has no models and data sets.",
      footerHeading = "%nExample:%n",
      footer = "  relook project delete --project cookies")
  static final class Delete implements Callable<Integer> {
    @Mixin private ProjectOption project = new ProjectOption();
    @Mixin private TokenOption token = new TokenOption();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      return Replies.print(
          relook,
          new DeleteProject(project.name(), token.token(relook)),
          output,
          "Project %s was deleted.".formatted(project.name()));
    }
  }
}

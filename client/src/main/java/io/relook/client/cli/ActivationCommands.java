package io.relook.client.cli;

import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.wire.ActiveModelVersion;
import io.relook.wire.CommandReply;
import io.relook.wire.ProjectDescription;
import io.relook.wire.UpdateActiveModelVersion;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands of {@code relook model} that change which version is the active one. */
final class ActivationCommands {

  private ActivationCommands() {}

  /** {@code relook model activate}. */
  @Command(
      name = "activate",
      customSynopsis = "relook model activate --project NAME --model-version N [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Makes a trained version the active one of its project.",
        "relook.projects says which version is active. Nothing is trained or copied."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  relook model activate --project cookies --model-version 3",
        "  relook model activate --project cookies --model-version 3 --expected-active-version 2"
      })
  static final class Activate implements Callable<Integer> {
    @Mixin private ProjectOption project = new ProjectOption();
    @Mixin private VersionOption version = new VersionOption();

    @Option(
        names = "--expected-active-version",
        paramLabel = "N",
        description = "Only if this version is active now; default: whichever is active, or none.")
    private @Nullable String expected;

    @Mixin private TokenOption token = new TokenOption();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      return send(
          relook,
          new UpdateActiveModelVersion(
              project.name(), version.version(), expected, token.token(relook)),
          output);
    }
  }

  /** {@code relook model rollback}. */
  @Command(
      name = "rollback",
      customSynopsis = "relook model rollback --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Makes the version active again that was active before the present one.",
        "Fails if another version becomes active meanwhile. Nothing is trained or copied."
      },
      footerHeading = "%nExample:%n",
      footer = "  relook model rollback --project cookies")
  static final class Rollback implements Callable<Integer> {
    @Mixin private ProjectOption project = new ProjectOption();
    @Mixin private TokenOption token = new TokenOption();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      ProjectDescription now = project(relook);
      String previous = now.getPreviousActiveModelVersion();
      if (previous == null) {
        throw new RelookException(
            RelookException.Kind.FAILED,
            "Project "
                + project.name()
                + " has no earlier active version: choose a version with 'relook model activate'.");
      }
      return send(
          relook,
          new UpdateActiveModelVersion(
              project.name(), previous, now.getActiveModelVersion(), token.token(relook)),
          output);
    }

    private ProjectDescription project(RelookConnection relook) {
      return relook
          .project(project.name())
          .orElseThrow(
              () ->
                  new RelookException(
                      RelookException.Kind.FAILED,
                      "Account "
                          + relook.settings().account()
                          + " has no project "
                          + project.name()
                          + ": 'relook project list' shows those that it has."));
    }
  }

  private static int send(
      RelookConnection relook, UpdateActiveModelVersion command, OutputOptions output) {
    CommandReply reply = Replies.to(relook, command);
    ActiveModelVersion active = (ActiveModelVersion) reply.getAnswer();
    String previous = active.getPreviousActiveVersion();
    output.print(
        RecordJson.of(reply),
        "Version %s of project %s is active; %s."
            .formatted(
                active.getCurrentActiveVersion(),
                command.getProjectName(),
                previous == null
                    ? "no earlier version to roll back to"
                    : "before it, version " + previous + " was"));
    return ExitCode.OK.code();
  }
}

package io.relook.client.cli;

import io.relook.client.Models;
import io.relook.client.RelookConnection;
import io.relook.client.TopicReader;
import io.relook.schemas.Topic;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelPerformance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code relook models}. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "Lists models, and watches their events.",
    subcommands = {ModelsCommand.ListModels.class, ModelsCommand.Watch.class},
    footerHeading = "%nExamples:%n",
    footer = {"  relook models list", "  relook models watch --project cookies"})
final class ModelsCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw Subcommands.missing(spec);
  }

  /** {@code relook models list}. */
  @Command(
      name = "list",
      customSynopsis = "relook models list [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Lists the account's models with their present state.",
      footerHeading = "%nExample:%n",
      footer = "  relook models list --project cookies")
  static final class ListModels implements Callable<Integer> {
    @Option(names = "--project", paramLabel = "NAME", description = "Only of this project.")
    private @Nullable String project;

    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      String account = relook.settings().account();
      try (Models models = relook.models()) {
        List<ModelMetadata> found =
            models.catchUp(relook.clock()).stream()
                .filter(model -> matches(model, account, project))
                .sorted(ModelText.order())
                .toList();
        output.printList(found, ModelText.table(found), Text.none("models", account, project));
      }
      return ExitCode.OK.code();
    }
  }

  /** {@code relook models watch}. */
  @Command(
      name = "watch",
      customSynopsis = "relook models watch [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Prints every event of the account's models as it arrives, until stopped.",
      footerHeading = "%nExample:%n",
      footer = "  relook models watch --project cookies --from beginning --output json")
  static final class Watch implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(200);

    @Option(names = "--project", paramLabel = "NAME", description = "Only of this project.")
    private @Nullable String project;

    @Option(
        names = "--from",
        paramLabel = "PLACE",
        defaultValue = "end",
        description = "beginning or end; default ${DEFAULT-VALUE}.")
    private TopicReader.From from = TopicReader.From.END;

    @Option(names = "--max", paramLabel = "N", description = "Stop after this many events.")
    private long max = Long.MAX_VALUE;

    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      String account = relook.settings().account();
      long printed = 0;
      try (TopicReader reader = relook.read(Topic.MODELS, from)) {
        while (printed < max) {
          for (TopicReader.Message message : reader.poll(POLL)) {
            ModelMetadata model = message.decoded().map(ModelMetadata.class::cast).orElse(null);
            if (model != null && matches(model, account, project) && printed < max) {
              output.print(RecordJson.of(model), line(message.timestamp(), model));
              printed++;
            }
          }
        }
      }
      return ExitCode.OK.code();
    }

    private static String line(Instant time, ModelMetadata model) {
      ModelPerformance performance = model.getPerformance();
      String metrics =
          performance == null
              ? ""
              : "  F1 %s  precision %s  recall %s"
                  .formatted(
                      Text.number(performance.getF1Score()),
                      Text.number(performance.getPrecision()),
                      Text.number(performance.getRecall()));
      return "%s  %s/%s  %-16s%s  %s"
          .formatted(
              Text.time(time),
              model.getProjectName(),
              model.getModelVersion(),
              model.getStatus(),
              metrics,
              model.getStatusMessage());
    }
  }

  private static boolean matches(ModelMetadata model, String account, @Nullable String project) {
    return model.getAccount().equals(account)
        && (project == null || model.getProjectName().equals(project));
  }
}

package io.relook.client.cli;

import io.relook.client.LatestRecords;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DeleteDataset;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code relook dataset}; the commands that import a manifest are {@link DatasetFillCommands}. */
@Command(
    name = "dataset",
    mixinStandardHelpOptions = true,
    description = "Creates, fills, shows and deletes data sets.",
    subcommands = {
      DatasetFillCommands.Create.class,
      DatasetFillCommands.Import.class,
      DatasetFillCommands.Update.class,
      DatasetCommand.Delete.class,
      DatasetCommand.Describe.class,
      DatasetCommand.ListDatasets.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook dataset import --project cookies train.manifest",
      "  relook dataset create --project cookies --dataset test --manifest s3://factory/test.manifest --wait",
      "  relook dataset describe --project cookies",
      "  relook dataset delete --project cookies --dataset test"
    })
final class DatasetCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw Subcommands.missing(spec);
  }

  /** {@code relook dataset delete}. */
  @Command(
      name = "delete",
      customSynopsis = "relook dataset delete --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Deletes a data set.",
        "Pictures in your own buckets stay. relook's copies and their features are erased after the job's",
        "erasure.delay."
      },
      footerHeading = "%nExample:%n",
      footer = "  relook dataset delete --project cookies --dataset test")
  static final class Delete implements Callable<Integer> {
    @Mixin private DatasetOptions dataset = new DatasetOptions();
    @Mixin private TokenOption token = new TokenOption();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      return Replies.print(
          relook,
          new DeleteDataset(dataset.project(), dataset.type(), token.token(relook)),
          output,
          "The %s was deleted.".formatted(dataset.words()));
    }
  }

  /** {@code relook dataset describe}. */
  @Command(
      name = "describe",
      customSynopsis = "relook dataset describe --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Shows the present state of a data set.",
      footerHeading = "%nExample:%n",
      footer = "  relook dataset describe --project cookies --dataset test --output json")
  static final class Describe implements Callable<Integer> {
    @Mixin private DatasetOptions dataset = new DatasetOptions();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      try (LatestRecords<DatasetDescription> datasets = relook.datasets()) {
        DatasetDescription found =
            datasets.catchUp(relook.clock()).stream()
                .filter(d -> dataset.matches(d, relook))
                .findFirst()
                .orElseThrow(
                    () ->
                        new RelookException(
                            Kind.FAILED,
                            "Account %s has no %s; see 'relook dataset list'."
                                .formatted(relook.settings().account(), dataset.words())));
        output.print(RecordJson.of(found), DatasetText.describe(found));
      }
      return ExitCode.OK.code();
    }
  }

  /** {@code relook dataset list}. */
  @Command(
      name = "list",
      customSynopsis = "relook dataset list [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Lists the account's data sets with their present state.",
      footerHeading = "%nExample:%n",
      footer = "  relook dataset list --project cookies")
  static final class ListDatasets implements Callable<Integer> {
    @Option(names = "--project", paramLabel = "NAME", description = "Only of this project.")
    private @Nullable String project;

    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      String account = relook.settings().account();
      try (LatestRecords<DatasetDescription> datasets = relook.datasets()) {
        List<DatasetDescription> found =
            datasets.catchUp(relook.clock()).stream()
                .filter(d -> d.getAccount().equals(account))
                .filter(d -> project == null || d.getProjectName().equals(project))
                .sorted(
                    Comparator.comparing(DatasetDescription::getProjectName)
                        .thenComparing(DatasetDescription::getDatasetType))
                .toList();
        output.printList(found, DatasetText.table(found), Text.none("data sets", account, project));
      }
      return ExitCode.OK.code();
    }
  }
}

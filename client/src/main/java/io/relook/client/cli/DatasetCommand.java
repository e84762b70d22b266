package io.relook.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.relook.client.BucketClient;
import io.relook.client.ImageSource;
import io.relook.client.LatestRecords;
import io.relook.client.Manifest;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.RelookSettings;
import io.relook.client.S3Uri;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateDataset;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetMetadata;
import io.relook.wire.DatasetStatus;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.S3Object;
import io.relook.wire.UpdateDatasetEntries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relook dataset}. */
@Command(
    name = "dataset",
    mixinStandardHelpOptions = true,
    description = "Creates, fills, shows and deletes data sets.",
    subcommands = {
      DatasetCommand.Create.class,
      DatasetCommand.Import.class,
      DatasetCommand.Update.class,
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
  private static final Duration POLL = Duration.ofMillis(200);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "A command is missing: create, import, update, delete, describe or list.");
  }

  /** Which data set: a mixin of every command that names one. */
  static final class DatasetOptions {
    @Option(names = "--project", required = true, paramLabel = "NAME", description = "Project.")
    String project = "";

    @Option(
        names = "--dataset",
        paramLabel = "SET",
        defaultValue = "train",
        description = "train or test; default ${DEFAULT-VALUE}.")
    DatasetType type = DatasetType.TRAIN;
  }

  /** The client token: a mixin of every command that changes something. */
  static final class TokenOption {
    @Option(
        names = "--client-token",
        paramLabel = "TOKEN",
        description =
            "The same token and parameters within 8 hours are the same call; default: a new one.")
    private @Nullable String token;

    String token(RelookConnection relook) {
      return token == null ? relook.newId() : token;
    }
  }

  /** Waiting for an import: a mixin. */
  static final class WaitOptions {
    @Option(names = "--wait", description = "Wait until the manifest was imported or refused.")
    boolean wait;

    @Option(
        names = "--wait-timeout",
        paramLabel = "TIME",
        defaultValue = "1h",
        description = "How long to wait; default ${DEFAULT-VALUE}.")
    String timeout = "1h";

    /** Looked at before the command is sent, so that a wrong one starts nothing. */
    Optional<Duration> limit() {
      Duration limit = RelookSettings.duration(timeout, "--wait-timeout");
      return wait ? Optional.of(limit) : Optional.empty();
    }
  }

  /** {@code relook dataset create}. */
  @Command(
      name = "create",
      customSynopsis = "relook dataset create --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Creates a data set: empty, or from a manifest in S3.",
        "One that images began is taken over as it is."
      },
      footerHeading = "%nExample:%n",
      footer =
          "  relook dataset create --project cookies --manifest s3://factory/train.manifest --wait")
  static final class Create implements Callable<Integer> {
    @Option(
        names = "--manifest",
        paramLabel = "S3URI",
        description = "Manifest to import: s3://bucket/key.")
    private @Nullable String manifest;

    @Mixin private DatasetOptions dataset = new DatasetOptions();
    @Mixin private TokenOption token = new TokenOption();
    @Mixin private WaitOptions waiting = new WaitOptions();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      S3Object object = manifest == null ? null : object(manifest, "--manifest");
      return sendAndWait(
          relook,
          new CreateDataset(dataset.project, dataset.type, object, token.token(relook)),
          dataset,
          waiting.limit().filter(limit -> object != null),
          output);
    }
  }

  /** {@code relook dataset import}. */
  @Command(
      name = "import",
      customSynopsis = "relook dataset import --project NAME [OPTIONS] MANIFEST",
      mixinStandardHelpOptions = true,
      description = {
        "Imports a manifest and waits: creates the data set, or adds to the one there is.",
        "A manifest file is checked here and uploaded first; its pictures must be in S3."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  relook dataset import --project cookies train.manifest",
        "  relook dataset import --project cookies --dataset test s3://factory/test.manifest"
      })
  static final class Import implements Callable<Integer> {
    @Parameters(paramLabel = "MANIFEST", description = "A file, or s3://bucket/key.")
    private String manifest = "";

    @Option(
        names = "--wait-timeout",
        paramLabel = "TIME",
        defaultValue = "1h",
        description = "How long to wait; default ${DEFAULT-VALUE}.")
    private String waitTimeout = "1h";

    @Mixin private DatasetOptions dataset = new DatasetOptions();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      Duration limit = RelookSettings.duration(waitTimeout, "--wait-timeout");
      S3Object object =
          manifest.startsWith("s3://") ? object(manifest, "MANIFEST") : uploaded(relook);
      boolean exists;
      try (LatestRecords<DatasetDescription> datasets = relook.datasets()) {
        datasets.catchUp(relook.clock());
        exists = find(datasets, relook, dataset).isPresent();
      }
      String token = relook.newId();
      SpecificRecord command =
          exists
              ? new UpdateDatasetEntries(dataset.project, dataset.type, object, token)
              : new CreateDataset(dataset.project, dataset.type, object, token);
      return sendAndWait(relook, command, dataset, Optional.of(limit), output);
    }

    private S3Object uploaded(RelookConnection relook) {
      Path file = Path.of(manifest);
      for (ImageSource image : Manifest.read(file).images()) {
        if (!image.sourceRef().startsWith("s3://")) {
          throw new RelookException(
              Kind.USAGE,
              "The manifest %s names the file %s: send files with 'relook images send', or put them into S3."
                  .formatted(file, image.sourceRef()));
        }
      }
      S3Uri place = relook.settings().imagesLocation();
      S3Object object =
          new S3Object(
              place.bucket(), place.path() + "manifests/" + relook.newId() + ".manifest", null);
      output.progress("Uploading " + file + " to " + S3Uri.of(object));
      try (BucketClient store = relook.store()) {
        store.put(object, Files.readAllBytes(file), "application/jsonlines");
      } catch (IOException e) {
        throw new RelookException(Kind.USAGE, "The manifest " + file + " cannot be read.", e);
      }
      return object;
    }
  }

  /** {@code relook dataset update}. */
  @Command(
      name = "update",
      customSynopsis = "relook dataset update --project NAME --changes S3URI [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Adds and replaces entries from JSON Lines in S3, at most 10 MiB.",
      footerHeading = "%nExample:%n",
      footer = "  relook dataset update --project cookies --changes s3://factory/new.jsonl --wait")
  static final class Update implements Callable<Integer> {
    @Option(
        names = "--changes",
        required = true,
        paramLabel = "S3URI",
        description = "JSON Lines: s3://bucket/key.")
    private String changes = "";

    @Mixin private DatasetOptions dataset = new DatasetOptions();
    @Mixin private TokenOption token = new TokenOption();
    @Mixin private WaitOptions waiting = new WaitOptions();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      return sendAndWait(
          relook,
          new UpdateDatasetEntries(
              dataset.project, dataset.type, object(changes, "--changes"), token.token(relook)),
          dataset,
          waiting.limit(),
          output);
    }
  }

  /** {@code relook dataset delete}. */
  @Command(
      name = "delete",
      customSynopsis = "relook dataset delete --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Deletes a data set.",
        "Pictures in your own buckets stay; relook's copies and features of them are erased after the job's",
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
      CommandReply reply =
          Replies.to(relook, new DeleteDataset(dataset.project, dataset.type, token.token(relook)));
      output.print(
          RecordJson.of(reply),
          "The %s data set of project %s was deleted."
              .formatted(DatasetText.name(dataset.type), dataset.project));
      return ExitCode.OK.code();
    }
  }

  /** {@code relook dataset describe}. */
  @Command(
      name = "describe",
      customSynopsis = "relook dataset describe --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Shows a data set as its latest event tells it.",
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
        datasets.catchUp(relook.clock());
        DatasetDescription found =
            find(datasets, relook, dataset)
                .orElseThrow(
                    () ->
                        new RelookException(
                            Kind.FAILED,
                            "Account %s has no %s data set of project %s; see 'relook dataset list'."
                                .formatted(
                                    relook.settings().account(),
                                    DatasetText.name(dataset.type),
                                    dataset.project)));
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
      List<DatasetDescription> found;
      try (LatestRecords<DatasetDescription> datasets = relook.datasets()) {
        found =
            datasets.catchUp(relook.clock()).stream()
                .filter(d -> d.getAccount().equals(relook.settings().account()))
                .filter(d -> project == null || d.getProjectName().equals(project))
                .sorted(
                    Comparator.comparing(DatasetDescription::getProjectName)
                        .thenComparing(DatasetDescription::getDatasetType))
                .toList();
      }
      ArrayNode json = JsonNodeFactory.instance.arrayNode();
      found.forEach(dataset -> json.add(RecordJson.of(dataset)));
      output.print(
          json,
          found.isEmpty()
              ? "Account %s has no data sets%s."
                  .formatted(
                      relook.settings().account(), project == null ? "" : " of project " + project)
              : DatasetText.table(found));
      return ExitCode.OK.code();
    }
  }

  private static S3Object object(String text, String option) {
    return S3Uri.parse(text)
        .filter(uri -> !uri.path().isEmpty())
        .map(S3Uri::object)
        .orElseThrow(
            () ->
                new RelookException(
                    Kind.USAGE,
                    "The value '%s' of %s must be s3://bucket/key.".formatted(text, option)));
  }

  private static Optional<DatasetDescription> find(
      LatestRecords<DatasetDescription> datasets, RelookConnection relook, DatasetOptions dataset) {
    return datasets.all().stream()
        .filter(d -> d.getAccount().equals(relook.settings().account()))
        .filter(d -> d.getProjectName().equals(dataset.project))
        .filter(d -> d.getDatasetType() == dataset.type)
        .findFirst();
  }

  /**
   * Sends a command that may begin an import, and waits for its end when there is a time for it.
   */
  private static int sendAndWait(
      RelookConnection relook,
      SpecificRecord command,
      DatasetOptions dataset,
      Optional<Duration> limit,
      OutputOptions output) {
    try (LatestRecords<DatasetDescription> datasets = relook.datasets()) {
      CommandReply reply = Replies.to(relook, command);
      if (!(reply.getAnswer() instanceof DatasetMetadata admitted)) {
        throw new RelookException(Kind.FAILED, "The reply holds no data set.");
      }
      if (limit.isEmpty()) {
        output.print(
            RecordJson.of(admitted),
            "The %s data set of project %s is %s: %s"
                .formatted(
                    DatasetText.name(dataset.type),
                    dataset.project,
                    admitted.getStatus(),
                    admitted.getStatusMessage()));
        return ExitCode.OK.code();
      }
      output.progress(admitted.getStatus() + ": " + admitted.getStatusMessage());
      DatasetDescription end =
          awaitImport(datasets, relook, dataset, reply.getCommandTimestamp(), limit.get());
      output.print(RecordJson.of(end), DatasetText.describe(end));
      return (failed(end.getStatus()) ? ExitCode.FAILED : ExitCode.OK).code();
    }
  }

  /**
   * Follows the data set from the event that says that the import of this command goes on to the
   * first that says something else: events from before, and those of images that arrive meanwhile,
   * are no end.
   */
  private static DatasetDescription awaitImport(
      LatestRecords<DatasetDescription> datasets,
      RelookConnection relook,
      DatasetOptions dataset,
      Instant commandTime,
      Duration limit) {
    Instant deadline = relook.clock().instant().plus(limit);
    boolean goesOn = false;
    while (true) {
      for (DatasetDescription event : datasets.next(POLL)) {
        if (!event.getAccount().equals(relook.settings().account())
            || !event.getProjectName().equals(dataset.project)
            || event.getDatasetType() != dataset.type
            || event.getLastUpdatedTimestamp().isBefore(commandTime)) {
          continue;
        }
        boolean inProgress =
            event.getStatus() == DatasetStatus.CREATE_IN_PROGRESS
                || event.getStatus() == DatasetStatus.UPDATE_IN_PROGRESS;
        if (goesOn && !inProgress) {
          return event;
        }
        goesOn |= inProgress;
      }
      if (relook.clock().instant().isAfter(deadline)) {
        throw new RelookException(
            Kind.UNREACHABLE,
            "The import did not end within %d s; it goes on, see 'relook dataset describe'."
                .formatted(limit.toSeconds()));
      }
    }
  }

  private static boolean failed(DatasetStatus status) {
    return status == DatasetStatus.CREATE_FAILED
        || status == DatasetStatus.UPDATE_FAILED_ROLLBACK_COMPLETE;
  }
}

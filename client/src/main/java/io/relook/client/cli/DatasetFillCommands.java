package io.relook.client.cli;

import io.relook.client.BucketClient;
import io.relook.client.ImageSource;
import io.relook.client.LatestRecords;
import io.relook.client.Manifest;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.S3Uri;
import io.relook.wire.CreateDataset;
import io.relook.wire.DatasetDescription;
import io.relook.wire.S3Object;
import io.relook.wire.UpdateDatasetEntries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code relook dataset} that fill a data set from a manifest. */
final class DatasetFillCommands {
  private DatasetFillCommands() {}

  /** {@code relook dataset create}. */
  @Command(
      name = "create",
      customSynopsis = "relook dataset create --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Creates a data set: empty, or from a manifest in S3.",
        "A data set that images have started already keeps these images."
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
      return new DatasetImport(
              relook, dataset, output, waiting.notice(relook.clock(), output::progress))
          .run(
              new CreateDataset(dataset.project(), dataset.type(), object, token.token(relook)),
              waiting.limit().filter(limit -> object != null));
    }
  }

  /** {@code relook dataset import}. */
  @Command(
      name = "import",
      customSynopsis = "relook dataset import --project NAME [OPTIONS] MANIFEST",
      mixinStandardHelpOptions = true,
      description = {
        "Imports a manifest and waits for the end: creates the data set, or adds to an existing one.",
        "A manifest file is checked here and then uploaded; its pictures must be in S3."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  relook dataset import --project cookies train.manifest",
        "  relook dataset import --project cookies --dataset test s3://factory/test.manifest"
      })
  static final class Import implements Callable<Integer> {
    @Parameters(paramLabel = "MANIFEST", description = "A file, or s3://bucket/key.")
    private String manifest = "";

    @Mixin private DatasetOptions dataset = new DatasetOptions();
    @Mixin private WaitOptions.WaitTimeout waiting = new WaitOptions.WaitTimeout();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      Duration limit = waiting.limit();
      S3Object object =
          manifest.startsWith("s3://") ? object(manifest, "MANIFEST") : uploaded(relook);
      boolean exists;
      try (LatestRecords<DatasetDescription> datasets = relook.datasets()) {
        exists =
            datasets.catchUp(relook.clock()).stream().anyMatch(d -> dataset.matches(d, relook));
      }
      String token = relook.newId();
      SpecificRecord command =
          exists
              ? new UpdateDatasetEntries(dataset.project(), dataset.type(), object, token)
              : new CreateDataset(dataset.project(), dataset.type(), object, token);
      return new DatasetImport(
              relook, dataset, output, waiting.notice(relook.clock(), output::progress))
          .run(command, Optional.of(limit));
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
      S3Uri place = relook.settings().store().imagesLocation();
      S3Object object =
          new S3Object(
              place.bucket(),
              "%s%s/manifests/%s.manifest"
                  .formatted(place.path(), relook.settings().account(), relook.newId()),
              null);
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
      return new DatasetImport(
              relook, dataset, output, waiting.notice(relook.clock(), output::progress))
          .run(
              new UpdateDatasetEntries(
                  dataset.project(),
                  dataset.type(),
                  object(changes, "--changes"),
                  token.token(relook)),
              waiting.limit());
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
}

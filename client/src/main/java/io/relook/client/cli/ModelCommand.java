package io.relook.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.relook.client.BucketClient;
import io.relook.client.Models;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.RelookSettings;
import io.relook.client.S3Uri;
import io.relook.schemas.Sha256;
import io.relook.wire.AbandonTraining;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.DeleteModel;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.Provenance;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code relook model}. */
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    description = "Trains, describes, downloads, activates, abandons and deletes one model.",
    subcommands = {
      ModelCommand.Create.class,
      ModelCommand.Describe.class,
      ModelCommand.Download.class,
      ActivationCommands.Activate.class,
      ActivationCommands.Rollback.class,
      ModelCommand.Abandon.class,
      ModelCommand.Delete.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook model create --project cookies --output s3://models/cookies/ --wait",
      "  relook model describe --project cookies",
      "  relook model download --project cookies --to model/",
      "  relook model delete --project cookies --model-version 1"
    })
final class ModelCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw Subcommands.missing(spec);
  }

  /** {@code relook model create}. */
  @Command(
      name = "create",
      customSynopsis = "relook model create --project NAME --output s3://BUCKET/PREFIX [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Trains a new version of a project's model from every picture acknowledged so far.",
        "Returns when the training is admitted, or with --wait when it has ended."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  relook model create --project cookies --output s3://models/cookies/ --wait",
        "  relook model create --project cookies --output s3://models/ --tag line=4 --output json"
      })
  static final class Create implements Callable<Integer> {
    @Mixin private ProjectOption project = new ProjectOption();

    @Option(
        names = "--output",
        required = true,
        paramLabel = "S3URI|FORMAT",
        description = {
          "Where to write the files: s3://bucket/prefix. File names are appended to the prefix as it is; end it with / "
              + "for a folder.",
          "Given a second time, how to print: text for people, json for scripts; default text."
        })
    private List<String> outputs = new ArrayList<>();

    @Option(
        names = "--client-token",
        paramLabel = "TOKEN",
        description =
            "The same token and parameters within 8 hours start one training; default: a new one.")
    private @Nullable String token;

    @Option(
        names = "--description",
        paramLabel = "TEXT",
        description = "At most 500 letters, digits and . - _")
    private @Nullable String description;

    @Option(
        names = "--kms-key-id",
        paramLabel = "KEY",
        description = "KMS key that encrypts the files.")
    private @Nullable String kmsKeyId;

    @Option(names = "--tag", paramLabel = "KEY=VALUE", description = "Tag; may be repeated.")
    private Map<String, String> tags = new LinkedHashMap<>();

    @Option(
        names = "--wait",
        description = "Wait until the training has ended; exit code 1 when it failed.")
    private boolean wait;

    @Option(
        names = "--wait-timeout",
        paramLabel = "TIME",
        defaultValue = "24h",
        description = "How long to wait; default ${DEFAULT-VALUE}.")
    private String waitTimeout = "24h";

    @Option(names = "--debug", description = "Print stack traces of failures.")
    private boolean debug;

    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private ClusterOption cluster = new ClusterOption();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      S3Uri place = place();
      Duration limit = RelookSettings.duration(waitTimeout, "--wait-timeout");
      List<Tag> tagList = new ArrayList<>();
      tags.forEach((key, value) -> tagList.add(new Tag(key, value)));
      CreateModel command =
          CreateModel.newBuilder()
              .setProjectName(project.name())
              .setDescription(description)
              .setClientToken(token == null ? relook.newId() : token)
              .setOutputConfig(new OutputConfig(new S3Location(place.bucket(), place.path())))
              .setKmsKeyId(kmsKeyId)
              .setTags(tagList)
              .build();
      CommandReply reply = Replies.to(relook, command);
      if (!(reply.getAnswer() instanceof ModelMetadata admitted)) {
        throw new RelookException(Kind.FAILED, "The reply to CreateModel holds no model.");
      }
      Printer printer = new Printer(spec.commandLine(), isJson());
      ModelMetadata model = wait ? awaitEnd(relook, admitted, limit, printer) : admitted;
      printer.print(RecordJson.of(model), ModelText.describe(model));
      return (model.getStatus() == ModelStatus.TRAINING_FAILED ? ExitCode.FAILED : ExitCode.OK)
          .code();
    }

    private boolean isJson() {
      return outputs.stream().anyMatch("json"::equalsIgnoreCase);
    }

    private S3Uri place() {
      List<String> places =
          outputs.stream()
              .filter(given -> !given.equalsIgnoreCase("json") && !given.equalsIgnoreCase("text"))
              .toList();
      if (places.size() != 1) {
        throw new RelookException(
            Kind.USAGE, "Give one --output s3://bucket/prefix: the place for the files.");
      }
      return S3Uri.parse(places.get(0))
          .orElseThrow(
              () ->
                  new RelookException(
                      Kind.USAGE,
                      "The value '%s' of --output must be s3://bucket/prefix, or json or text."
                          .formatted(places.get(0))));
    }

    private ModelMetadata awaitEnd(
        RelookConnection relook, ModelMetadata admitted, Duration limit, Printer printer) {
      printer.progress(
          "Training %s version %s"
              .formatted(admitted.getProjectName(), admitted.getModelVersion()));
      try (Models models = relook.models()) {
        return models.awaitTrained(
            admitted.getModelArn(),
            limit,
            relook.clock(),
            event -> printer.progress(event.getStatus() + ": " + event.getStatusMessage()),
            new RestartNotice(cluster.address(), relook.clock(), printer::progress)::look);
      }
    }
  }

  /** {@code relook model describe}. */
  @Command(
      name = "describe",
      customSynopsis = "relook model describe --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = "Shows the present state of a model.",
      footerHeading = "%nExample:%n",
      footer = "  relook model describe --project cookies --model-version 2 --output json")
  static final class Describe implements Callable<Integer> {
    @Mixin private ModelOptions chosen = new ModelOptions();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      ModelMetadata model = chosen.find(connection.connection());
      output.print(RecordJson.of(model), ModelText.describe(model));
      return ExitCode.OK.code();
    }
  }

  /** {@code relook model delete}. */
  @Command(
      name = "delete",
      customSynopsis = "relook model delete --project NAME --model-version N [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Deletes a model that is not in training.",
        "Its ONNX file, report and training manifest are removed; the evaluation files stay.",
        "Version numbers are never used again."
      },
      footerHeading = "%nExample:%n",
      footer = "  relook model delete --project cookies --model-version 1")
  static final class Delete implements Callable<Integer> {
    @Mixin private ProjectOption project = new ProjectOption();
    @Mixin private VersionOption version = new VersionOption();

    @Mixin private TokenOption token = new TokenOption();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      return Replies.print(
          relook,
          new DeleteModel(project.name(), version.version(), token.token(relook)),
          output,
          "Version %s of project %s was deleted.".formatted(version.version(), project.name()));
    }
  }

  /** {@code relook model abandon}. */
  @Command(
      name = "abandon",
      customSynopsis = "relook model abandon --project NAME --model-version N [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Ends a training whose end does not come: the version becomes TRAINING_FAILED.",
        "By itself that happens a day after the longest time that a training may take. What an abandoned training still "
            + "does changes nothing. 'relook doctor' names trainings that take too long."
      },
      footerHeading = "%nExample:%n",
      footer = "  relook model abandon --project cookies --model-version 3")
  static final class Abandon implements Callable<Integer> {
    @Mixin private ProjectOption project = new ProjectOption();
    @Mixin private VersionOption version = new VersionOption();

    @Mixin private TokenOption token = new TokenOption();
    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      return Replies.print(
          relook,
          new AbandonTraining(project.name(), version.version(), token.token(relook)),
          output,
          "The training of version %s of project %s was abandoned."
              .formatted(version.version(), project.name()));
    }
  }

  /** {@code relook model download}. */
  @Command(
      name = "download",
      customSynopsis = "relook model download --project NAME [OPTIONS]",
      mixinStandardHelpOptions = true,
      description = {
        "Copies a model's files from the store: the ONNX file, metrics, manifests, report.",
        "The ONNX file is compared with the digest in the model's provenance."
      },
      footerHeading = "%nExample:%n",
      footer = "  relook model download --project cookies --to model/")
  static final class Download implements Callable<Integer> {
    @Mixin private ModelOptions chosen = new ModelOptions();

    @Option(
        names = "--to",
        paramLabel = "DIR",
        defaultValue = ".",
        description = "Folder, created if missing; default: the current one.")
    private Path folder = Path.of(".");

    @Mixin private OutputOptions output = new OutputOptions();
    @Mixin private ConnectionOptions connection = new ConnectionOptions();

    @Override
    public Integer call() {
      RelookConnection relook = connection.connection();
      ModelMetadata model = chosen.find(relook);
      Map<String, S3Object> files = ModelText.files(model);
      if (files.isEmpty()) {
        throw new RelookException(
            Kind.FAILED,
            "Version %s of %s has no files: it is %s."
                .formatted(model.getModelVersion(), model.getProjectName(), model.getStatus()));
      }
      ArrayNode json = JsonNodeFactory.instance.arrayNode();
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("FILE", "BYTES"));
      try (BucketClient store = relook.store()) {
        Files.createDirectories(folder);
        for (S3Object object : files.values()) {
          Path file = folder.resolve(fileName(object));
          long length = store.download(object, file);
          rows.add(List.of(file.toString(), Long.toString(length)));
          ObjectNode node = json.addObject();
          node.put("file", file.toString());
          node.put("bytes", length);
          node.put("source", S3Uri.of(object).toString());
        }
        check(model);
      } catch (IOException e) {
        throw new RelookException(Kind.USAGE, "The folder " + folder + " cannot be written to.", e);
      }
      output.print(json, Text.table(rows));
      return ExitCode.OK.code();
    }

    private void check(ModelMetadata model) throws IOException {
      S3Object modelFile = model.getModelFile();
      Provenance provenance = model.getProvenance();
      if (modelFile == null || provenance == null) {
        return;
      }
      Path file = folder.resolve(fileName(modelFile));
      if (!Sha256.hex(Files.readAllBytes(file)).equals(provenance.getModelFileDigest())) {
        throw new RelookException(
            Kind.FAILED,
            "The model file %s is not the one that was trained: its SHA-256 differs from the provenance. Download it again."
                .formatted(file));
      }
    }

    /** The part after the last slash, so that no key can name a place outside of the folder. */
    private static String fileName(S3Object object) {
      String key = object.getKey();
      String name = key.substring(key.lastIndexOf('/') + 1);
      if (name.isEmpty() || name.equals("..") || name.equals(".") || name.contains("\\")) {
        throw new RelookException(
            Kind.FAILED, "The object " + S3Uri.of(object) + " has no usable file name.");
      }
      return name;
    }
  }
}

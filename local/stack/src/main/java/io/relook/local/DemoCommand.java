package io.relook.local;

import io.relook.client.BucketClient;
import io.relook.client.Commands;
import io.relook.client.ImageSource;
import io.relook.client.ImagesProducer;
import io.relook.client.LatestRecords;
import io.relook.client.Models;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.TopicReader;
import io.relook.client.cli.PictureOptions;
import io.relook.client.pictures.ImageFiles;
import io.relook.local.sample.DefectKind;
import io.relook.local.sample.SamplePictures;
import io.relook.schemas.Topic;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelPerformance;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.ProjectDescription;
import io.relook.wire.Provenance;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.ServiceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code relook demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Trains a model from pictures, on a real broker, store and Flink cluster in this process.",
      "Without pictures of your own it draws sample pictures of a machined part."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook demo",
      "  relook demo --images photos/",
      "  relook demo --images my.manifest"
    })
final class DemoCommand implements Callable<Integer> {
  private static final String PROJECT = "demo";
  private static final int SAMPLE_NORMALS = 60;
  private static final int SAMPLES_OF_EACH_DEFECT = 8;
  private static final long SAMPLE_SEED = 7;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final DateTimeFormatter RUN =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Clock clock;

  @Option(
      names = "--images",
      paramLabel = "DIR|MANIFEST",
      description = {
        "A folder with good/ (or normal/, ok/…) and one subfolder for each defect class,",
        "or a manifest of Lookout for Vision."
      })
  private @Nullable Path images;

  @Mixin private PictureOptions pictures = new PictureOptions();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory for everything that is kept; default: a new one in .relook/.")
  private @Nullable Path data;

  @Option(
      names = "--keep-running",
      description = "Keep the stack running afterwards, until Ctrl-C.")
  private boolean keepRunning;

  @Option(names = "--debug", description = "Print stack traces of failures.")
  private boolean debug;

  @Spec private CommandSpec spec = CommandSpec.create();

  DemoCommand() {
    this(Clock.systemUTC());
  }

  DemoCommand(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws Exception {
    if (images == null) {
      return run(List.of());
    }
    // Read first, so that a wrong folder fails before the stack starts.
    try (PictureOptions.Selection selection = pictures.select(images, Optional.empty())) {
      pictures.confirm(
          selection,
          DatasetType.TRAIN,
          Optional.empty(),
          spec.commandLine().getOut(),
          /* ask= */ false);
      int exitCode = run(selection.images());
      return exitCode == 0 ? pictures.exitCode(selection) : exitCode;
    }
  }

  private int run(List<ImageSource> given) throws Exception {
    List<ImageSource> sources = given;
    PrintWriter out = spec.commandLine().getOut();
    Progress progress = new Progress(out);
    Path directory =
        data == null ? Path.of(".relook", "demo-" + RUN.format(clock.instant())) : data;
    try (LocalStack stack = LocalStack.start(directory, LocalStack.Ports.FREE, progress::step)) {
      if (sources.isEmpty()) {
        progress.step("Drawing sample pictures");
        Path pictures = directory.resolve("pictures");
        drawSamples(pictures);
        sources = ImageFiles.read(pictures);
      }
      RelookConnection relook = new RelookConnection(stack.settings());
      ModelMetadata model = run(relook, sources, stack.trainings(), progress);
      progress.end();
      List<String> missing = report(out, stack, relook, model, directory, progress.elapsed());
      if (model.getStatus() != ModelStatus.TRAINED) {
        throw new RelookException(
            RelookException.Kind.FAILED, "The training failed: " + model.getStatusMessage());
      }
      if (!missing.isEmpty()) {
        throw new RelookException(
            RelookException.Kind.FAILED,
            "The model is TRAINED but these files are not in the store: "
                + String.join(", ", missing));
      }
      if (keepRunning) {
        out.println("The stack keeps running: Flink UI " + stack.webUi() + ". Ctrl-C stops it.");
        out.flush();
        new CompletableFuture<Void>().join();
      }
      progress.step("Stopping");
    }
    progress.end();
    return 0;
  }

  private static void drawSamples(Path directory) {
    if (Files.isDirectory(directory)) {
      return; // an earlier run with this data directory drew them
    }
    Map<DefectKind, Integer> defects = new EnumMap<>(DefectKind.class);
    for (DefectKind kind : DefectKind.values()) {
      defects.put(kind, SAMPLES_OF_EACH_DEFECT);
    }
    new SamplePictures(SAMPLE_SEED).writeTo(directory, SAMPLE_NORMALS, defects);
  }

  private ModelMetadata run(
      RelookConnection relook,
      List<ImageSource> sources,
      TrainingWatch training,
      Progress progress) {
    try (TopicReader datasets = relook.read(Topic.DATASETS, TopicReader.From.BEGINNING);
        Models models = relook.models();
        Commands commands = relook.commands()) {
      models.catchUp(clock);
      boolean exists = exists(relook);
      progress.step("CreateProject " + PROJECT);
      if (!exists) {
        ask(commands, new CreateProject(PROJECT, relook.newId()));
      }
      progress.step("Sending " + describe(sources));
      AtomicInteger accepted = send(relook, sources);
      progress.step("Sent " + accepted.get() + " images through Kafka");
      progress.step("CreateModel");
      CreateModel create =
          CreateModel.newBuilder()
              .setProjectName(PROJECT)
              .setClientToken(relook.newId())
              .setOutputConfig(
                  new OutputConfig(new S3Location(LocalStack.MODELS_BUCKET, PROJECT + "/")))
              .build();
      ModelMetadata announced = (ModelMetadata) ask(commands, create).getAnswer();
      String name = "Version " + announced.getModelVersion();
      progress.step(name + " is " + announced.getStatus());
      Map<String, Integer> counts = new HashMap<>();
      Instant deadline = clock.instant().plus(PATIENCE);
      while (clock.instant().isBefore(deadline)) {
        models.next(POLL);
        ModelMetadata model = models.find(announced.getModelArn()).orElse(announced);
        if (model.getStatus() != ModelStatus.TRAINING) {
          progress.step(name + " is " + model.getStatus());
          return model;
        }
        progress.update(stage(datasets, counts, accepted.get(), training));
      }
      throw new RelookException(
          RelookException.Kind.UNREACHABLE,
          "The training did not end within " + PATIENCE.toMinutes() + " minutes.");
    }
  }

  private static String stage(
      TopicReader datasets, Map<String, Integer> counts, int sent, TrainingWatch training) {
    for (TopicReader.Message message : datasets.poll(Duration.ZERO)) {
      message
          .decoded()
          .filter(DatasetDescription.class::isInstance)
          .map(DatasetDescription.class::cast)
          .filter(dataset -> dataset.getProjectName().equals(PROJECT))
          .ifPresent(
              dataset -> counts.put(dataset.getDatasetArn(), dataset.getImageStats().getTotal()));
    }
    int extracted = counts.values().stream().mapToInt(Integer::intValue).sum();
    return extracted < sent
        ? "Features extracted: " + extracted + " of " + sent + " images"
        : training.stage().map(stage -> "Training: " + stage).orElse("Training");
  }

  /** Whether the project exists, because an earlier run used the same folder. */
  private boolean exists(RelookConnection relook) {
    try (LatestRecords<ProjectDescription> projects = relook.projects()) {
      return projects.catchUp(clock).stream()
          .anyMatch(project -> project.getProjectName().equals(PROJECT));
    }
  }

  private static AtomicInteger send(RelookConnection relook, List<ImageSource> sources) {
    AtomicInteger accepted = new AtomicInteger();
    try (ImagesProducer producer = relook.images()) {
      List<CompletableFuture<?>> sent = new ArrayList<>();
      for (ImageSource source : sources) {
        sent.add(
            producer
                .send(source.toMessage(relook.settings().account(), PROJECT, DatasetType.TRAIN))
                .thenAccept(place -> accepted.incrementAndGet()));
      }
      producer.flush();
      CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new)).join();
    }
    return accepted;
  }

  private static CommandReply ask(Commands commands, SpecificRecord body) {
    CommandReply reply = commands.send(commands.command(body)).join();
    ServiceException error = reply.getError();
    if (error != null) {
      throw new RelookException(
          RelookException.Kind.FAILED, error.getCode() + ": " + error.getMessage());
    }
    return reply;
  }

  private static String describe(List<ImageSource> sources) {
    long normal = sources.stream().filter(image -> image.label() == Label.NORMAL).count();
    long anomalous = sources.stream().filter(image -> image.label() == Label.ANOMALY).count();
    long kinds = sources.stream().flatMap(image -> image.defectClass().stream()).distinct().count();
    return normal
        + " good and "
        + anomalous
        + " bad pictures"
        + (kinds > 0 ? " with " + kinds + " kinds of defects" : "");
  }

  /** Prints the result; answers the files that are missing in the store. */
  private static List<String> report(
      PrintWriter out,
      LocalStack stack,
      RelookConnection relook,
      ModelMetadata model,
      Path directory,
      Duration elapsed) {
    out.println();
    out.printf(
        "Model      %s version %s: %s%n",
        model.getProjectName(), model.getModelVersion(), model.getStatus());
    out.println("           " + model.getStatusMessage());
    out.println("ARN        " + model.getModelArn());
    ModelPerformance performance = model.getPerformance();
    Provenance provenance = model.getProvenance();
    if (performance != null) {
      out.printf(
          Locale.ROOT,
          "Metrics    F1 %.3f   precision %.3f   recall %.3f%n",
          performance.getF1Score(),
          performance.getPrecision(),
          performance.getRecall());
    }
    if (provenance != null) {
      out.printf(
          Locale.ROOT,
          "           ROC AUC %.3f on %d test images, learned from %d, in %.1f s%n",
          provenance.getRocAuc(),
          provenance.getTestImages(),
          provenance.getTrainingImages(),
          provenance.getTrainingMillis() / 1000.0);
    }
    List<String> missing = new ArrayList<>();
    if (model.getStatus() == ModelStatus.TRAINED) {
      Path copies = directory.resolve("model-" + model.getModelVersion());
      out.println("Files      in s3://" + LocalStack.MODELS_BUCKET + ", copied from there to");
      for (Map.Entry<String, S3Object> file : files(model).entrySet()) {
        copy(relook, file.getValue(), copies)
            .ifPresentOrElse(
                path -> out.printf("  %-20s %s%n", file.getKey(), path),
                () ->
                    missing.add(
                        "s3://" + file.getValue().getBucket() + "/" + file.getValue().getKey()));
      }
    }
    out.printf(Locale.ROOT, "Flink UI   %s (while this runs)%n", stack.webUi());
    out.printf(Locale.ROOT, "Took       %.1f s%n", elapsed.toMillis() / 1000.0);
    out.println();
    out.println("What to try next");
    out.println(
        "  ./relook demo --images DIR           with your own pictures: DIR/good, DIR/<defect>…");
    out.println(
        "  ./relook local --data " + directory + "   keep this stack running, with the model");
    out.println("  ./relook --help                      every command");
    out.flush();
    return missing;
  }

  /** Copies a file from the store, as a customer does; nothing when it is missing. */
  private static Optional<Path> copy(RelookConnection relook, S3Object object, Path directory) {
    String name = object.getKey().substring(object.getKey().lastIndexOf('/') + 1);
    Path path = directory.resolve(name);
    try (BucketClient store = relook.store()) {
      Files.createDirectories(directory);
      store.download(object, path);
      return Optional.of(path);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write to " + directory, e);
    } catch (RelookException e) {
      return Optional.empty();
    }
  }

  private static Map<String, S3Object> files(ModelMetadata model) {
    Map<String, S3Object> files = new LinkedHashMap<>();
    put(files, "model (ONNX)", model.getModelFile());
    put(files, "evaluation result", model.getEvaluationResult());
    put(files, "evaluation manifest", model.getEvaluationManifest());
    put(files, "training manifest", model.getTrainingManifest());
    put(files, "report", model.getReport());
    return files;
  }

  private static void put(Map<String, S3Object> files, String name, @Nullable S3Object file) {
    if (file != null) {
      files.put(name, file);
    }
  }
}

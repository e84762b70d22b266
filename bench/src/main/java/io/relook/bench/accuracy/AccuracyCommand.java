package io.relook.bench.accuracy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.bench.extraction.ExtractionOptions;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.cli.PictureOptions;
import io.relook.client.pictures.ImageFolder;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.TrainingImpossibleException;
import io.relook.learning.decision.ThresholdGoal;
import io.relook.learning.training.Trainer;
import io.relook.local.sample.DefectKind;
import io.relook.local.sample.SamplePictures;
import io.relook.wire.DatasetType;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.commons.io.file.PathUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relook bench accuracy}. */
@Command(
    name = "accuracy",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains on folders of pictures and measures how good the models are and what they cost.",
      "Each folder has train/good, test/good and test/<defect>. A protocol trains on train/good and",
      "on a number of labelled anomalies, which the seed draws from test. The exported file then",
      "scores the rest of test. F1 at the model's own threshold stands beside the best one that any",
      "threshold reaches: as test is, at the training's class balance, at 1:1, and at one anomaly to",
      "20 normal pictures. A folder that fails is named, and the others are measured. BMP, TIFF and",
      "WebP become PNG, without loss; the files stay."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook bench accuracy mvtec/screw mvtec/bottle",
      "  relook bench accuracy --seeds 3 --json out.json photos/",
      "  relook bench accuracy --labelled-anomalies 0,1,2,5,10,20 photos/",
      "  relook bench accuracy --samples 1000"
    })
public final class AccuracyCommand implements Callable<Integer> {
  private static final long SAMPLE_SEED = 11;

  /** Good test pictures. */
  private static final int SAMPLE_TESTS = 40;

  /** Pictures of each defect, for training and test together. */
  private static final int SAMPLES_OF_EACH_DEFECT = 12;

  @Parameters(paramLabel = "DIR", arity = "0..*", description = "Folders of pictures.")
  private List<Path> folders = List.of();

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Also trains on N synthetic pictures of a machined part.")
  private @Nullable Integer samples;

  @Option(
      names = "--labelled-anomalies",
      paramLabel = "N",
      defaultValue = "0,10",
      split = ",",
      description = {
        "How many anomalous pictures training has, one protocol each, as 0,1,2,5,10,20; default",
        "${DEFAULT-VALUE}."
      })
  private List<Integer> labelledAnomalies = List.of();

  @Option(
      names = "--label-noise",
      paramLabel = "SHARE",
      defaultValue = "0",
      description = {
        "Anomalous pictures that are drawn from test and labelled good in training, as a share of",
        "train/good; default ${DEFAULT-VALUE}."
      })
  private double labelNoise;

  @Option(
      names = "--seeds",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seeds 1 to S; default ${DEFAULT-VALUE}.")
  private int seeds;

  @Mixin private PictureOptions pictures = new PictureOptions();
  @Mixin private ExtractionOptions extraction = new ExtractionOptions();

  @Option(
      names = "--threshold",
      paramLabel = "GOAL",
      defaultValue = "best-f1",
      description = "As training.threshold of the job; default ${DEFAULT-VALUE}.")
  private String threshold = "best-f1";

  @Option(
      names = "--backbone",
      paramLabel = "FILE",
      description = "Descriptor of another backbone; default the bundled one.")
  private @Nullable Path backbone;

  @Option(names = "--json", paramLabel = "FILE", description = "Also writes the results there.")
  private @Nullable Path json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (folders.isEmpty() && samples == null) {
      throw new RelookException(Kind.USAGE, "Name at least one folder, or give --samples.");
    }
    if (seeds < 1
        || labelledAnomalies.stream().anyMatch(n -> n < 0)
        || (samples != null && samples < 1)) {
      throw new RelookException(
          Kind.USAGE, "--seeds and --samples must be at least 1, --labelled-anomalies at least 0.");
    }
    extraction.check();
    if (!(labelNoise >= 0 && labelNoise < 1)) {
      throw new RelookException(Kind.USAGE, "--label-noise is a share from 0 to below 1, as 0.05.");
    }
    ThresholdGoal goal;
    try {
      goal = ThresholdGoal.parse(threshold);
    } catch (IllegalArgumentException e) {
      throw new RelookException(Kind.USAGE, "--threshold: " + e.getMessage(), e);
    }
    Path scratch = Files.createTempDirectory("relook-bench-accuracy");
    try {
      return run(goal, scratch);
    } finally {
      PathUtils.deleteDirectory(scratch);
    }
  }

  private static Backbone load(Path descriptor) {
    try {
      return Backbone.load(descriptor);
    } catch (IOException | IllegalArgumentException e) {
      throw new RelookException(Kind.USAGE, "--backbone: " + e.getMessage(), e);
    }
  }

  /** Measures folder by folder, and returns the exit code. */
  private int run(ThresholdGoal goal, Path scratch) throws IOException, InterruptedException {
    Backbone used = backbone == null ? Backbone.bundled() : load(backbone);
    AccuracyRun training =
        new AccuracyRun(new Trainer(used), extraction.area(), extraction.threads(), goal);
    PrintWriter out = spec.commandLine().getOut();
    out.println(AccuracyTable.HEADER);
    out.flush();
    List<AccuracyResult> results = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    int exitCode = 0;
    for (Path folder : folders) {
      try (PictureOptions.Selection selection = pictures.selectConverted(folder)) {
        measure(understood(folder, selection), training, used, scratch, results);
        exitCode = Math.max(exitCode, pictures.exitCode(selection));
      } catch (RelookException | TrainingImpossibleException | IOException e) {
        failures.add(folder + ": " + e.getMessage());
        say("relook: " + folder + " is not measured: " + e.getMessage());
      }
    }
    if (samples != null) {
      try {
        LabelledFolder drawn = drawn(scratch.resolve("samples-" + samples), samples);
        measure(drawn, training, used, scratch, results);
      } catch (TrainingImpossibleException e) {
        throw new RelookException(Kind.FAILED, String.valueOf(e.getMessage()), e);
      }
    }
    List<AccuracyResult> means = AccuracyResult.means(results);
    means.forEach(mean -> out.println(AccuracyTable.row(mean)));
    out.flush();
    results.addAll(means);
    write(results);
    if (!failures.isEmpty()) {
      throw new RelookException(
          Kind.FAILED,
          "%d of %d folders could not be measured: %s"
              .formatted(failures.size(), folders.size(), String.join(" ", failures)));
    }
    return exitCode;
  }

  private LabelledFolder understood(Path folder, PictureOptions.Selection selection) {
    pictures.confirm(
        selection,
        DatasetType.TRAIN,
        Optional.empty(),
        spec.commandLine().getErr(),
        /* ask= */ false);
    return LabelledFolder.of(
        selection
            .folder()
            .orElseThrow(
                () -> new RelookException(Kind.USAGE, folder + " is a manifest: give a folder.")));
  }

  /** All protocols and seeds of one folder; each result is printed and written as it comes. */
  private void measure(
      LabelledFolder folder,
      AccuracyRun training,
      Backbone used,
      Path scratch,
      List<AccuracyResult> results)
      throws IOException, InterruptedException, TrainingImpossibleException {
    PrintWriter out = spec.commandLine().getOut();
    Path directory = Files.createTempDirectory(scratch, "features");
    int pictureCount =
        folder.trainGood().size() + folder.testGood().size() + folder.testAnomalous().size();
    StoredPictures stored =
        StoredPictures.extract(
            folder,
            used,
            extraction.area(),
            extraction.threads(),
            directory,
            done -> {
              if (done % 100 == 0) {
                say(
                    "%s: features of %d of %d pictures"
                        .formatted(folder.name(), done, pictureCount));
              }
            });
    for (int labelled : labelledAnomalies) {
      for (long seed = 1; seed <= seeds; seed++) {
        String which = "%s, %d labelled, seed %d: ".formatted(folder.name(), labelled, seed);
        AccuracyResult result =
            training.run(
                stored,
                labelled,
                labelNoise,
                seed,
                stage -> say(which + stage.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
        results.add(result);
        out.println(AccuracyTable.row(result));
        out.flush();
        write(results);
      }
    }
    PathUtils.deleteDirectory(directory);
  }

  private LabelledFolder drawn(Path directory, int count) {
    SamplePictures samplePictures = new SamplePictures(SAMPLE_SEED);
    try {
      for (int i = 0; i < count + SAMPLE_TESTS; i++) {
        write(directory.resolve(i < count ? "train/good" : "test/good"), samplePictures.normal(i));
        if ((i + 1) % 100 == 0) {
          say("%d of %d synthetic pictures drawn".formatted(i + 1, count));
        }
      }
      for (DefectKind kind : DefectKind.values()) {
        for (int i = 0; i < SAMPLES_OF_EACH_DEFECT; i++) {
          write(directory.resolve("test").resolve(kind.folder()), samplePictures.defect(kind, i));
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return LabelledFolder.of(ImageFolder.read(directory));
  }

  private static void write(Path directory, io.relook.local.sample.Sample sample)
      throws IOException {
    Files.createDirectories(directory);
    Files.write(directory.resolve(sample.name() + ".jpg"), sample.picture());
  }

  private void write(List<AccuracyResult> results) throws IOException {
    if (json != null) {
      JsonMapper.builder()
          .build()
          .writerWithDefaultPrettyPrinter()
          .writeValue(json.toFile(), results);
    }
  }

  private void say(String what) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(what);
    err.flush();
  }
}

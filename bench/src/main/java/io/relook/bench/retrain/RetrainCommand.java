package io.relook.bench.retrain;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.OperatingSystemMXBean;
import io.relook.bench.extraction.ExtractionOptions;
import io.relook.bench.extraction.HeapPeak;
import io.relook.bench.retrain.SampleFeatures.Drawn;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.learning.backbone.Backbone;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingData;
import io.relook.learning.data.TrainingImpossibleException;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.incremental.ParentTraining;
import io.relook.learning.training.TrainedModel;
import io.relook.learning.training.Trainer;
import io.relook.learning.training.TrainingSettings;
import io.relook.learning.training.TrainingStage;
import io.relook.local.sample.DefectKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code relook bench retrain}. */
@Command(
    name = "retrain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains on stored features of synthetic pictures, from scratch and then on top with more",
      "pictures, and measures the cost. Pictures are extracted once; --features keeps them."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook bench retrain --features /data/bench",
      "  relook bench retrain --features /data/bench --sizes 250,1000,4000,16000 --json out.json"
    })
public final class RetrainCommand implements Callable<Integer> {
  @Option(
      names = "--features",
      paramLabel = "DIR",
      required = true,
      description = "Folder for features and statistics, about 600 KB a picture; used again.")
  private Path features = Path.of("");

  @Option(
      names = "--sizes",
      paramLabel = "N",
      split = ",",
      defaultValue = "250,1000",
      description = "Good training pictures of each training; default ${DEFAULT-VALUE}.")
  private List<Integer> sizes = List.of();

  @Option(
      names = "--add",
      paramLabel = "N",
      defaultValue = "50",
      description = "Good pictures added for the training on top; default ${DEFAULT-VALUE}.")
  private int add;

  @Option(
      names = "--labelled-anomalies",
      paramLabel = "N",
      defaultValue = "20",
      description = "Anomalous training pictures; default ${DEFAULT-VALUE}.")
  private int labelledAnomalies;

  @Option(
      names = "--tests",
      paramLabel = "N",
      defaultValue = "100",
      description = "Test pictures, half of them anomalous; default ${DEFAULT-VALUE}.")
  private int tests;

  @Mixin private ExtractionOptions extraction = new ExtractionOptions();

  @Option(names = "--json", paramLabel = "FILE", description = "Also writes the results there.")
  private @Nullable Path json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (sizes.stream().anyMatch(size -> size < 1)
        || add < 1
        || labelledAnomalies < 0
        || tests < 2) {
      throw new RelookException(
          Kind.USAGE,
          "--sizes and --add must be at least 1, --tests at least 2, --labelled-anomalies at least"
              + " 0.");
    }
    extraction.check();
    int workers = extraction.threads();
    Backbone backbone = Backbone.bundled();
    SampleFeatures samples = new SampleFeatures(features, backbone, extraction.area(), workers);
    int most = sizes.stream().mapToInt(size -> size).max().orElseThrow();
    List<Drawn> good = good(most + add + tests / 2);
    List<Drawn> anomalous = anomalous(labelledAnomalies + tests / 2);
    List<Drawn> all = new ArrayList<>(good);
    all.addAll(anomalous);
    samples.make(
        all,
        done -> {
          if (done % 100 == 0 || done == all.size()) {
            say("%d of %d pictures extracted".formatted(done, all.size()));
          }
        });
    say(samples.took());
    say(samples.sizes(good.get(0)));

    List<LabelledFeatures> test = new ArrayList<>();
    good.subList(most + add, good.size()).forEach(d -> test.add(samples.labelled(d)));
    anomalous
        .subList(labelledAnomalies, anomalous.size())
        .forEach(d -> test.add(samples.labelled(d)));
    PrintWriter out = spec.commandLine().getOut();
    out.println(HEADER);
    List<RetrainResult> results = new ArrayList<>();
    Trainer trainer = new Trainer(backbone);
    for (int size : sizes) {
      List<LabelledFeatures> train = new ArrayList<>();
      anomalous.subList(0, labelledAnomalies).forEach(d -> train.add(samples.labelled(d)));
      good.subList(0, size).forEach(d -> train.add(samples.labelled(d)));
      TrainedModel scratch =
          measured(
              trainer, new TrainingData(train, test), size, Optional.empty(), workers, results);
      good.subList(size, size + add).forEach(d -> train.add(samples.labelled(d)));
      ParentTraining parent =
          new ParentTraining(
              "bench",
              scratch.state(),
              ParentTraining.DEFAULT_REFIT_EVERY,
              digest -> Optional.empty());
      measured(
          trainer,
          new TrainingData(train, test),
          size + add,
          Optional.of(parent),
          workers,
          results);
    }
    return 0;
  }

  private static final String HEADER =
      "%6s %6s %9s %6s  %8s %8s  %8s %8s %8s %8s  %8s %8s %8s  %6s"
          .formatted(
              "good",
              "added",
              "anomalous",
              "test",
              "seconds",
              "CPU s",
              "load",
              "fit",
              "choose",
              "test",
              "heap MB",
              "state MB",
              "model MB",
              "AUROC");

  private TrainedModel measured(
      Trainer trainer,
      TrainingData data,
      int good,
      Optional<ParentTraining> parent,
      int workers,
      List<RetrainResult> results)
      throws IOException, InterruptedException {
    HeapPeak heap = HeapPeak.start();
    Map<String, Long> began = new LinkedHashMap<>();
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long cpuStart = system.getProcessCpuTime();
    long start = System.nanoTime();
    TrainedModel trained;
    try {
      trained =
          trainer.train(
              data,
              new TrainingSettings(extraction.area(), 1, workers, Map.of()),
              parent,
              stage -> {
                String name = RetrainResult.Cost.name(stage);
                began.put(name, System.nanoTime());
                say("%d good, %s: %s".formatted(good, parent.isEmpty() ? "all" : "added", name));
              });
    } catch (TrainingImpossibleException e) {
      throw new RelookException(Kind.FAILED, String.valueOf(e.getMessage()), e);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpuSeconds = (system.getProcessCpuTime() - cpuStart) / 1e9;
    Map<String, Double> stages = new LinkedHashMap<>();
    List<String> names = List.copyOf(began.keySet());
    List<Long> times = List.copyOf(began.values());
    for (int i = 0; i + 1 < names.size(); i++) {
      stages.put(names.get(i), (times.get(i + 1) - times.get(i)) / 1e9);
    }
    RetrainResult result =
        new RetrainResult(
            new RetrainResult.Pictures(
                good, parent.isEmpty() ? 0 : add, labelledAnomalies, data.test().size()),
            new RetrainResult.Cost(seconds, cpuSeconds, stages, heap.bytes()),
            trained.state().length,
            trained.onnx().length,
            trained.lineage().generation(),
            trained.evaluation().map(Evaluation::rocAuc).orElse(Double.NaN));
    results.add(result);
    PrintWriter out = spec.commandLine().getOut();
    out.println(row(result));
    out.flush();
    if (json != null) {
      JsonMapper.builder()
          .build()
          .writerWithDefaultPrettyPrinter()
          .writeValue(json.toFile(), results);
    }
    return trained;
  }

  private static String row(RetrainResult result) {
    return String.format(
        Locale.ROOT,
        "%6d %6d %9d %6d  %8.2f %8.2f  %8.2f %8.2f %8.2f %8.2f  %8.0f %8.1f %8.1f  %6.4f",
        result.pictures().good(),
        result.pictures().added(),
        result.pictures().anomalous(),
        result.pictures().test(),
        result.cost().seconds(),
        result.cost().cpuSeconds(),
        result.cost().secondsOf(TrainingStage.LOADING_FEATURES),
        result.cost().secondsOf(TrainingStage.FITTING_HEADS),
        result.cost().secondsOf(TrainingStage.CHOOSING_THRESHOLD),
        result.cost().secondsOf(TrainingStage.SCORING_TEST_IMAGES),
        result.cost().heapBytes() / 1e6,
        result.stateBytes() / 1e6,
        result.modelBytes() / 1e6,
        result.imageAuroc());
  }

  private static List<Drawn> good(int count) {
    List<Drawn> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drawn.add(new Drawn(Optional.empty(), i));
    }
    return drawn;
  }

  /** Pictures of all kinds of defects in turn. */
  private static List<Drawn> anomalous(int count) {
    DefectKind[] kinds = DefectKind.values();
    List<Drawn> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drawn.add(new Drawn(Optional.of(kinds[i % kinds.length]), i / kinds.length));
    }
    return drawn;
  }

  private void say(String what) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(what);
    err.flush();
  }
}

package io.relook.bench;

import io.relook.client.Commands;
import io.relook.client.ImageSource;
import io.relook.client.ImagesProducer;
import io.relook.client.Models;
import io.relook.client.RelookConnection;
import io.relook.client.TopicReader;
import io.relook.client.pictures.ImageFiles;
import io.relook.local.LocalStack;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetType;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;

/**
 * Measures how many pictures per second go from Kafka to stored features, and how long a
 * CreateModel takes until TRAINED is read. The whole stack runs in this JVM. Each round is a new
 * project with the same pictures, so the backbone processes every picture again. The first round is
 * for warming up and does not count.
 *
 * <pre>
 * mvn -q -Dquick -DskipTests -pl bench -am package
 * java -Xmx2g -cp 'bench/target/lib/*:bench/target/relook-bench.jar' \
 *     io.relook.bench.PipelineBenchmark DIR [ROUNDS]
 * </pre>
 *
 * <p>DIR is a folder of pictures as {@code relook images send} takes it.
 */
public final class PipelineBenchmark {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(20);

  private final RelookConnection relook;
  private final List<ImageSource> sources;

  private PipelineBenchmark(RelookConnection relook, List<ImageSource> sources) {
    this.relook = relook;
    this.sources = sources;
  }

  public static void main(String[] args) throws Exception {
    List<ImageSource> sources =
        ImageFiles.read(Path.of(args[0])).stream()
            .map(source -> source.in(DatasetType.TRAIN))
            .toList();
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    Path directory = Files.createTempDirectory("relook-bench");
    try (LocalStack stack =
        LocalStack.start(directory, LocalStack.Ports.FREE, step -> System.err.println(step))) {
      PipelineBenchmark benchmark =
          new PipelineBenchmark(new RelookConnection(stack.settings()), sources);
      System.out.println(
          "round  pictures  seconds to features  pictures/s  CreateModel to TRAINED, s  AUROC");
      for (int round = 0; round <= rounds; round++) {
        benchmark.round(round);
      }
    }
  }

  private void round(int round) {
    String project = "round-" + round;
    try (Commands commands = relook.commands();
        Models models = relook.models();
        TopicReader datasets = relook.read(Topic.DATASETS, TopicReader.From.END)) {
      ask(commands, new CreateProject(project, null));
      List<LabeledImage> messages =
          sources.stream()
              .map(s -> s.toMessage(relook.settings().account(), project, DatasetType.TRAIN))
              .toList();
      long start = System.nanoTime();
      try (ImagesProducer producer = relook.images()) {
        CompletableFuture<?>[] sent =
            messages.stream().map(producer::send).toArray(CompletableFuture<?>[]::new);
        producer.flush();
        CompletableFuture.allOf(sent).join();
      }
      awaitImages(datasets, project);
      double features = seconds(start);
      start = System.nanoTime();
      ModelMetadata announced =
          (ModelMetadata)
              ask(
                  commands,
                  CreateModel.newBuilder()
                      .setProjectName(project)
                      .setOutputConfig(
                          new OutputConfig(new S3Location(LocalStack.MODELS_BUCKET, project + "/")))
                      .build());
      ModelMetadata model =
          models.awaitTrained(announced.getModelArn(), PATIENCE, Clock.systemUTC(), event -> {});
      double training = seconds(start);
      System.out.printf(
          Locale.ROOT,
          "%-5s  %8d  %19.2f  %10.1f  %25.2f  %5.3f%n",
          round == 0 ? "warm" : Integer.toString(round),
          sources.size(),
          features,
          sources.size() / features,
          training,
          model.getProvenance() == null ? Double.NaN : model.getProvenance().getRocAuc());
    }
  }

  private void awaitImages(TopicReader datasets, String project) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      for (TopicReader.Message message : datasets.poll(POLL)) {
        boolean all =
            message
                .decoded()
                .map(DatasetDescription.class::cast)
                .filter(dataset -> dataset.getProjectName().equals(project))
                .filter(dataset -> dataset.getImageStats().getTotal() == sources.size())
                .isPresent();
        if (all) {
          return;
        }
      }
    }
    throw new IllegalStateException("Not all images reached the data set within " + PATIENCE + ".");
  }

  private static Object ask(Commands commands, SpecificRecord body) {
    Command command = commands.command(body);
    return commands.send(command, PATIENCE).join().getAnswer();
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}

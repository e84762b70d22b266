package io.relook.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.client.Commands;
import io.relook.client.ImagesProducer;
import io.relook.client.Models;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.cluster.ClusterJobs.From;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.util.ChildFirstClassLoader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cluster as a person runs it: up, submit, killed, up again, rescaled, as two jobs, down. */
@Tag("slow")
class ClusterIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String PROJECT = "parts";
  private static final List<String> SMALL =
      List.of(
          "--features.area", "1024",
          "--dataset.minimums", "false",
          "--access.probe-timeout", "1 min");

  /**
   * Class loaders of jobs that outlive them, however many jobs there were: of the first, by the
   * shutdown hook of ONNX Runtime; of the last that made a record's equals and hashCode, by Java's
   * handles for them ({@code java.lang.runtime.ObjectMethods}).
   */
  private static final int KEPT_BY_JAVA = 3;

  @TempDir private Path directory = Path.of("");

  private Cluster cluster() {
    Cluster.Settings settings = Cluster.Settings.of(Installation.ofThisCheckout());
    return Cluster.in(
        directory,
        new Cluster.Settings(
            settings.installation(),
            settings.ports(),
            Map.of(
                "taskmanager.memory.process.size", "1600m",
                "taskmanager.memory.task.off-heap.size", "384m",
                "taskmanager.memory.managed.size", "64m",
                "restart-strategy.exponential-delay.initial-backoff", "200 ms",
                "env.java.opts.all", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"),
            settings.broker(),
            settings.jobServers(),
            settings.jobStore(),
            2));
  }

  @AfterEach
  void killRemainingProcesses() {
    cluster().kill();
  }

  @Test
  void continuesWhereItStopped() {
    cluster().up(ClusterIT::say);
    String first = submit(JobKind.BOTH, 2, From.NEWEST);
    RelookConnection relook = new RelookConnection(cluster().clientSettings());
    try (Commands commands = relook.commands()) {
      assertThat(ask(commands, new CreateProject(PROJECT, null)).getError()).isNull();
    }
    sendImages(relook, 0);
    assertThat(train(relook, "one").getModelVersion()).isEqualTo("1");

    // Kill all processes, as a power cut does: the job comes back with its state.
    cluster().processes().values().forEach(ManagedProcess::kill);
    cluster().up(ClusterIT::say);
    cluster().jobs().awaitRunning(first, PATIENCE);
    assertThat(train(relook, "two").getModelVersion()).isEqualTo("2");

    // The same job at another parallelism.
    submit(JobKind.BOTH, 4, From.NEWEST);
    assertThat(train(relook, "three").getModelVersion()).isEqualTo("3");

    // One job becomes two, each of which takes its part of the savepoint.
    cluster().jobs().stopAll(ClusterIT::say);
    String savepoint = cluster().jobs().newestState(JobKind.BOTH).orElseThrow();
    assertThatThrownBy(() -> submit(JobKind.CONTROL, 2, From.NEWEST))
        .as("it has no state of its own, and there are models")
        .isInstanceOf(RelookException.class)
        .hasMessageContaining("empty state");
    From both = new From(Optional.of(savepoint), false, true);
    submit(JobKind.CONTROL, 1, both);
    submit(JobKind.DATA, 2, both);
    sendImages(relook, 1000);
    assertThat(train(relook, "four").getModelVersion()).isEqualTo("4");
    assertThat(train(relook, "one").getModelVersion()).as("the token is known").isEqualTo("1");

    cluster().jobs().stopAll(ClusterIT::say);
    awaitUnloadedClasses("jobmanager-1", 0);
    awaitUnloadedClasses("jobmanager-2", 0);
    awaitUnloadedClasses("taskmanager-1", KEPT_BY_JAVA);
    awaitUnloadedClasses("taskmanager-2", KEPT_BY_JAVA);

    cluster().down(ClusterIT::say);
    assertThat(cluster().processes().values())
        .allSatisfy(process -> assertThat(process.running()).isEmpty());
    assertThat(cluster().jobs().newestState(JobKind.CONTROL)).isPresent();
    assertThat(cluster().jobs().newestState(JobKind.DATA)).isPresent();
  }

  private static void say(String step) {
    System.err.println(step);
  }

  /** Otherwise each submission would take its classes from the metaspace for good. */
  private void awaitUnloadedClasses(String name, long kept) {
    ProcessHandle process = cluster().process(name).running().orElseThrow();
    Awaitility.await(name)
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> assertThat(classLoadersOfJobs(process.pid())).isLessThanOrEqualTo(kept));
  }

  /** Instances after a full garbage collection, which the histogram begins with. */
  private static long classLoadersOfJobs(long pid) throws IOException {
    Process histogram =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                "GC.class_histogram")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String lines = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(lines).contains(Thread.class.getName());
    // num, instances, bytes, class
    return lines
        .lines()
        .filter(line -> line.endsWith(" " + ChildFirstClassLoader.class.getName()))
        .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[1]))
        .sum();
  }

  private String submit(JobKind kind, int parallelism, From from) {
    String job = cluster().jobs().submit(kind, parallelism, from, SMALL, ClusterIT::say);
    cluster().jobs().awaitRunning(job, PATIENCE);
    return job;
  }

  private static CommandReply ask(Commands commands, org.apache.avro.specific.SpecificRecord body) {
    return commands.send(commands.command(body), PATIENCE).join();
  }

  private static void sendImages(RelookConnection relook, int from) {
    try (ImagesProducer images = relook.images()) {
      for (int i = from; i < from + 30; i++) {
        boolean defect = i % 3 == 0;
        var unused =
            images.send(
                LabeledImage.newBuilder()
                    .setAccount("000000000000")
                    .setProject(PROJECT)
                    .setSourceRef("image-" + i)
                    .setLabel(defect ? Label.ANOMALY : Label.NORMAL)
                    .setImageBytes(ByteBuffer.wrap(SpotPictures.png(i, defect)))
                    .build());
      }
      images.flush();
    }
  }

  private static ModelMetadata train(RelookConnection relook, String token) {
    CommandReply reply;
    try (Commands commands = relook.commands()) {
      reply =
          ask(
              commands,
              CreateModel.newBuilder()
                  .setProjectName(PROJECT)
                  .setClientToken(token)
                  .setOutputConfig(
                      new OutputConfig(new S3Location(Cluster.MODELS_BUCKET, PROJECT + "/")))
                  .build());
    }
    assertThat(reply.getAnswer()).as(String.valueOf(reply.getError())).isNotNull();
    try (Models models = relook.models()) {
      ModelMetadata model =
          models.awaitTrained(
              ((ModelMetadata) reply.getAnswer()).getModelArn(),
              PATIENCE,
              Clock.systemUTC(),
              event -> {});
      assertThat(model.getStatus()).as(model.getStatusMessage()).isEqualTo(ModelStatus.TRAINED);
      return model;
    }
  }
}

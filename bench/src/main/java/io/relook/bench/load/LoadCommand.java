package io.relook.bench.load;

import io.relook.client.Commands;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateProject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.io.file.PathUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code relook bench load}. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Sends more images than a task manager takes, to increasing numbers of projects. Measures how",
      "many images per second it takes, what each costs, how long commands wait for their answers,",
      "and how many commands per second it answers; computes what a larger cluster needs. Linux only."
    },
    footerHeading = "%nExample:%n",
    footer = "  relook bench load --seconds 45 --projects 1,10,100,1000")
public final class LoadCommand implements Callable<Integer> {
  /** Images in flight: at least half a minute of work, so the job is never idle. */
  private static final int BACKLOG = 600;

  private static final int STEP = 50;
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long BETWEEN_COMMANDS_NANOS = 500_000_000L;

  /** Interval of the cluster's checkpoints. */
  private static final double CHECKPOINT_SECONDS = 1;

  /** Images per second for which a cluster is computed. */
  private static final int[] WANTED = {10, 50, 200, 1_000};

  /** Utilisation of processors: the rest is for failover and for working off a backlog. */
  private static final double UTILISATION = 0.7;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "45",
      description = "Measured time for each number of projects; default ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "15",
      description = "Time before it, not measured; default ${DEFAULT-VALUE}.")
  private int warmUp;

  @Option(
      names = "--projects",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,10,100,1000",
      description = "Numbers of projects; default ${DEFAULT-VALUE}.")
  private List<Integer> projects = List.of();

  @Option(
      names = "--commands",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Commands to send at once at the end; default ${DEFAULT-VALUE}.")
  private int commands;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "2500m",
      description = "Memory of the task manager's process; default ${DEFAULT-VALUE}.")
  private String memory = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  /**
   * The result for a number of projects.
   *
   * @param perSecond images taken per second
   * @param cpu processor seconds of the task manager for one image, by stage
   * @param answers seconds that commands waited, sorted
   * @param measured length of the measurement in seconds
   */
  private record Result(
      int projects,
      double perSecond,
      Map<Stage, Double> cpu,
      List<Double> answers,
      double measured) {
    double cpuOfAnImage() {
      return cpu.values().stream().mapToDouble(Double::doubleValue).sum();
    }
  }

  @Override
  public Integer call() throws Exception {
    if (seconds < 1 || warmUp < 0 || commands < 1 || projects.stream().anyMatch(n -> n < 1)) {
      throw new RelookException(
          Kind.USAGE, "--seconds, --commands and --projects must be at least 1.");
    }
    if (!Files.exists(Path.of("/proc/self/stat"))) {
      throw new RelookException(
          Kind.USAGE,
          "This machine has no /proc, from which processor times are read; run it on Linux.");
    }
    Path home = Files.createTempDirectory("relook-bench-load");
    PrintWriter out = spec.commandLine().getOut();
    try (MeasuredCluster cluster =
        MeasuredCluster.start(
            new MeasuredCluster.Settings(
                home, 2, memory, "128m", Map.of("quota.requests-per-second", "1000000")))) {
      RelookConnection relook = new RelookConnection(cluster.client());
      DrawnPictures pictures = new DrawnPictures();
      List<Result> results = new ArrayList<>();
      try (Commands asking = relook.commands()) {
        for (int count : projects) {
          say("%,d projects".formatted(count));
          results.add(measure(cluster, relook, asking, count, pictures));
        }
        print(out, results);
        say("Commands");
        out.printf(
            Locale.ROOT, "%nCommands without images: %.0f a second%n", commandsPerSecond(asking));
      }
      printSizing(out, results);
      out.flush();
    } finally {
      PathUtils.deleteDirectory(home);
    }
    return 0;
  }

  private void say(String text) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(text);
    err.flush();
  }

  private Result measure(
      MeasuredCluster cluster,
      RelookConnection relook,
      Commands asking,
      int count,
      DrawnPictures pictures)
      throws IOException {
    try (ImageLoad load = new ImageLoad(relook, "load-" + count + "-", count, pictures::jpeg)) {
      keepBusy(load, warmUp, asking, new ArrayList<>());
      long pid = cluster.taskManagerPid();
      Map<Stage, Double> cpuBefore = Stage.sums(LinuxProcess.cpuSecondsByThread(pid));
      long before = load.taken(Duration.ZERO);
      long start = System.nanoTime();
      List<CompletableFuture<Double>> answers = new ArrayList<>();
      keepBusy(load, seconds, asking, answers);
      double measured = (System.nanoTime() - start) / 1e9;
      long taken = load.taken(Duration.ZERO) - before;
      Map<Stage, Double> cpu = new EnumMap<>(Stage.class);
      Stage.sums(LinuxProcess.cpuSecondsByThread(pid))
          .forEach(
              (stage, spent) ->
                  cpu.put(
                      stage,
                      Math.max(0, spent - cpuBefore.getOrDefault(stage, 0.0))
                          / Math.max(1, taken)));
      List<Double> waits = new ArrayList<>(answers.stream().map(CompletableFuture::join).toList());
      Collections.sort(waits);
      drain(load);
      return new Result(count, taken / measured, cpu, waits, measured);
    }
  }

  /** Keeps a backlog for a while, and sends a command every half second. */
  private static void keepBusy(
      ImageLoad load, int forSeconds, Commands asking, List<CompletableFuture<Double>> answers) {
    long end = System.nanoTime() + forSeconds * 1_000_000_000L;
    long nextCommand = System.nanoTime();
    while (System.nanoTime() < end) {
      if (load.sent() - load.taken(POLL) < BACKLOG) {
        load.send(STEP);
      }
      if (System.nanoTime() >= nextCommand) {
        long asked = System.nanoTime();
        answers.add(createProject(asking).thenApply(reply -> (System.nanoTime() - asked) / 1e9));
        nextCommand = asked + BETWEEN_COMMANDS_NANOS;
      }
    }
  }

  private static CompletableFuture<CommandReply> createProject(Commands asking) {
    var command = asking.command(new CreateProject("", null));
    command.setBody(new CreateProject("p-" + command.getRequestId(), null));
    return asking.send(command, PATIENCE);
  }

  private static void drain(ImageLoad load) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (load.taken(POLL) < load.sent() && System.nanoTime() < end) {
      // taken() reads the announcements.
    }
  }

  private double commandsPerSecond(Commands asking) {
    long start = System.nanoTime();
    List<CompletableFuture<CommandReply>> replies = new ArrayList<>();
    for (int i = 0; i < commands; i++) {
      replies.add(createProject(asking));
    }
    replies.forEach(CompletableFuture::join);
    return commands / ((System.nanoTime() - start) / 1e9);
  }

  private static void print(PrintWriter out, List<Result> results) {
    out.printf("%8s  %8s  %11s", "PROJECTS", "IMAGES/S", "CPU S/IMAGE");
    for (Stage stage : Stage.values()) {
      out.printf("  %s", stage.title());
    }
    out.printf("  ANSWERS P50  MAX  WITHIN 2 CHECKPOINTS%n");
    for (Result result : results) {
      out.printf(
          Locale.ROOT,
          "%8d  %8.1f  %11.4f",
          result.projects(),
          result.perSecond(),
          result.cpuOfAnImage());
      for (Stage stage : Stage.values()) {
        out.printf(
            Locale.ROOT,
            "  %" + stage.title().length() + ".4f",
            result.cpu().getOrDefault(stage, 0.0));
      }
      List<Double> answers = result.answers();
      long within = answers.stream().filter(wait -> wait <= 2 * CHECKPOINT_SECONDS).count();
      out.printf(
          Locale.ROOT,
          "  %11.2f  %.2f  %d of %d%n",
          answers.get(answers.size() / 2),
          answers.get(answers.size() - 1),
          within,
          answers.size());
    }
    out.flush();
  }

  /**
   * Prints how many processors a cluster needs for the images. Broker and store are not included;
   * they run elsewhere. A task manager of 4 processors has 4 slots.
   */
  private static void printSizing(PrintWriter out, List<Result> results) {
    double cpu = results.stream().mapToDouble(Result::cpuOfAnImage).max().orElseThrow();
    out.printf(Locale.ROOT, "%nIMAGES/S  PROCESSORS  TASK MANAGERS OF 4%n");
    for (int wanted : WANTED) {
      double processors = wanted * cpu / UTILISATION;
      out.printf(
          Locale.ROOT, "%8d  %10.1f  %18.0f%n", wanted, processors, Math.ceil(processors / 4));
    }
  }
}

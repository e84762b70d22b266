package io.relook.bench.load;

import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.commons.io.file.PathUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code relook bench memory}. */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Sends images to a task manager in a process of its own and measures whether its memory grows.",
      "Pictures and the backbone's input are tiny, so that what a picture leaves in memory is",
      "measured, not what it needs while it is processed. Linux only."
    },
    footerHeading = "%nExample:%n",
    footer = "  relook bench memory --images 100000 --chart memory.png --csv memory.csv")
public final class MemoryCommand implements Callable<Integer> {
  /** Images between two samples. */
  private static final int STEP = 500;

  /** Images in flight, at most: enough that the job never waits for them. */
  private static final int BACKLOG = 2_000;

  /** Share of the run in which caches fill; growth is measured on the rest. */
  private static final double WARM_UP = 0.2;

  /**
   * Memory of RocksDB, which keeps what it writes in memory until its share is full. A small share
   * is full within the warm-up, so later growth is not a cache.
   */
  private static final String STATE_MEMORY = "32m";

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Images to send; default ${DEFAULT-VALUE}.")
  private int images;

  @Option(
      names = "--projects",
      paramLabel = "N",
      defaultValue = "10",
      description = "Projects they belong to; default ${DEFAULT-VALUE}.")
  private int projects;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "1800m",
      description = "Memory of the task manager's process; default ${DEFAULT-VALUE}.")
  private String memory = "";

  @Option(names = "--csv", paramLabel = "FILE", description = "Also writes the samples there.")
  private @Nullable Path csv;

  @Option(names = "--chart", paramLabel = "FILE", description = "Also draws them as PNG there.")
  private @Nullable Path chart;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Where broker, store and logs are; default a temporary one, erased at the end.")
  private @Nullable Path directory;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (images < 10 * STEP || projects < 1) {
      throw new RelookException(
          Kind.USAGE,
          "--images must be at least %d and --projects at least 1.".formatted(10 * STEP));
    }
    if (!Files.exists(Path.of("/proc/self/status"))) {
      throw new RelookException(
          Kind.USAGE,
          "This machine has no /proc, from which the memory of a process is read; run it on Linux.");
    }
    Path home = directory == null ? Files.createTempDirectory("relook-bench-memory") : directory;
    PrintWriter out = spec.commandLine().getOut();
    try (MeasuredCluster cluster =
        MeasuredCluster.start(
            new MeasuredCluster.Settings(
                home, 2, memory, STATE_MEMORY, Map.of("features.area", "1024")))) {
      List<MemorySample> samples = run(cluster);
      if (csv != null) {
        Files.write(csv, lines(samples));
      }
      if (chart != null) {
        MemoryChart.write(samples, chart);
      }
      out.printf(
          Locale.ROOT,
          "%,d images at %.1f a second%nResident memory %.1f MB at the end%nGrowth over the last %.0f %%: %.2f MB per 10,000 images%n",
          images,
          images / samples.get(samples.size() - 1).seconds(),
          samples.get(samples.size() - 1).residentBytes() / 1e6,
          100 * (1 - WARM_UP),
          MemorySample.growth(samples, WARM_UP) * 10_000 / 1e6);
    } finally {
      if (directory == null) {
        PathUtils.deleteDirectory(home);
      }
    }
    return 0;
  }

  private List<MemorySample> run(MeasuredCluster cluster) throws Exception {
    List<MemorySample> samples = new ArrayList<>();
    long start = System.nanoTime();
    try (ImageLoad load =
        new ImageLoad(
            new RelookConnection(cluster.client()), "memory-", projects, TinyPictures::png)) {
      long taken = 0;
      long progress = System.nanoTime();
      while (taken < images) {
        if (load.sent() < images && load.sent() - taken < BACKLOG) {
          load.send((int) Math.min(STEP, images - load.sent()));
        }
        long now = load.taken(POLL);
        if (now > taken) {
          progress = System.nanoTime();
        } else if (System.nanoTime() - progress > PATIENCE.toNanos()) {
          throw new IllegalStateException(
              "%d of %d images reached the data sets, then none for %s."
                  .formatted(taken, load.sent(), PATIENCE));
        }
        taken = now;
        if (samples.isEmpty() || taken >= samples.get(samples.size() - 1).images() + STEP) {
          MemorySample sample = sample(cluster, taken, (System.nanoTime() - start) / 1e9);
          samples.add(sample);
          spec.commandLine().getErr().println(sample.line());
          spec.commandLine().getErr().flush();
        }
      }
      samples.add(sample(cluster, taken, (System.nanoTime() - start) / 1e9));
    }
    return samples;
  }

  private static MemorySample sample(MeasuredCluster cluster, long taken, double seconds)
      throws IOException, InterruptedException {
    return new MemorySample(
        taken,
        seconds,
        LinuxProcess.residentBytes(cluster.taskManagerPid()),
        (long) cluster.taskManagerMetric("Status.JVM.Memory.Heap.Used"),
        (long) cluster.taskManagerMetric("Status.JVM.Memory.NonHeap.Used"),
        (long) cluster.taskManagerMetric("Status.JVM.Memory.Direct.MemoryUsed"));
  }

  private static List<String> lines(List<MemorySample> samples) {
    List<String> lines = new ArrayList<>();
    lines.add("images,seconds,resident_bytes,heap_bytes,non_heap_bytes,direct_bytes");
    samples.forEach(sample -> lines.add(sample.csv()));
    return lines;
  }
}

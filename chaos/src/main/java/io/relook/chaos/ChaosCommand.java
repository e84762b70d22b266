package io.relook.chaos;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.cli.ExitCode;
import io.relook.client.cli.OutputOptions;
import io.relook.cluster.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code relook chaos}. */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    description = {
      "Injects faults into a cluster under load and checks that nothing was lost or doubled.",
      "While images and commands arrive, processes are killed and frozen and requests to the store fail. A fault",
      "counts when a training or uncommitted records were in flight.",
      "The seed decides the faults, their order and what is sent, but not at which moment a fault meets the load."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  relook chaos --seed 1 --minutes 5",
      "  relook chaos --seed 1 --minutes 90 --faults 200"
    })
public final class ChaosCommand implements Callable<Integer> {

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Seed of the script; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      defaultValue = "5",
      description = "Time for the start of the cluster and the faults; default ${DEFAULT-VALUE}.")
  private int minutes;

  @Option(
      names = "--faults",
      paramLabel = "N",
      defaultValue = "0",
      description = "End after this many faults that count; default: when the time is over.")
  private int faults;

  @Option(
      names = "--missing-after",
      paramLabel = "SECONDS",
      defaultValue = "4",
      description =
          "After how long without a sign of life Flink declares a process dead, 2 to 20; default ${DEFAULT-VALUE}. Use more "
              + "on a busy machine, where a slow process would count as dead.")
  private int missing;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Empty directory for the cluster; default: a new one below .relook/chaos.")
  private Path data = Path.of("");

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    if (missing < 2 || missing > 20) {
      throw new RelookException(
          Kind.USAGE, "The value %d of --missing-after must be 2 to 20.".formatted(missing));
    }
    Path directory = directory();
    long started = System.nanoTime();
    Chaos chaos =
        new Chaos(
            new Chaos.Options(
                directory,
                seed,
                Duration.ofMinutes(minutes),
                faults,
                Duration.ofSeconds(missing),
                new Load.Pace(
                    Duration.ofMillis(200), Duration.ofMillis(2000), Duration.ofMillis(500))),
            Installation.ofThisCheckout(),
            step ->
                output.progress(
                    "%7.1f s  %s".formatted((System.nanoTime() - started) / 1e9, step)));
    // Ctrl-C ends the processes too.
    Thread ending = new Thread(chaos::close, "chaos-end");
    Runtime.getRuntime().addShutdownHook(ending);
    ChaosReport report;
    try (chaos) {
      report = chaos.run();
    }
    Path file = directory.resolve("chaos-" + seed + ".json");
    try {
      Files.writeString(file, report.json().toPrettyString());
    } catch (IOException e) {
      throw new RelookException(Kind.FAILED, "The report " + file + " cannot be written.", e);
    }
    String repeat =
        "./relook chaos --seed %d --minutes %d%s"
            .formatted(seed, minutes, faults == 0 ? "" : " --faults " + faults);
    output.print(
        report.json(),
        report.text()
            + "\n"
            + (report.good()
                ? "Nothing was lost and nothing doubled."
                : "A guarantee or a recovery failed. Run the same script again: " + repeat)
            + "\nSeed "
            + seed
            + ", report "
            + file);
    return (report.good() ? ExitCode.OK : ExitCode.FAILED).code();
  }

  private Path directory() {
    try {
      if (!data.toString().isEmpty()) {
        Files.createDirectories(data);
        try (var files = Files.list(data)) {
          if (files.findAny().isPresent()) {
            throw new RelookException(
                Kind.USAGE,
                "The directory %s is not empty, but a run needs an empty cluster: name another --data."
                    .formatted(data));
          }
        }
        return data.toAbsolutePath();
      }
      Path parent = Path.of(".relook/chaos").toAbsolutePath();
      Files.createDirectories(parent);
      return Files.createTempDirectory(parent, "seed-" + seed + "-");
    } catch (IOException e) {
      throw new RelookException(
          Kind.USAGE, "The directory cannot be created: " + e.getMessage(), e);
    }
  }
}

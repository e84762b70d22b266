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
      "Harms a cluster of processes at work, and checks that nothing was lost or doubled.",
      "Processes are killed and frozen, and answers of the store spoilt, while images and commands come in. A fault",
      "counts when a training or uncommitted records were in flight.",
      "The seed decides the faults, their order and what is sent; not the moment at which they meet."
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
      description = "Time for faults, the start of the cluster included; default ${DEFAULT-VALUE}.")
  private int minutes;

  @Option(
      names = "--faults",
      paramLabel = "N",
      defaultValue = "0",
      description = "End when so many faults counted; default: when the time is over.")
  private int faults;

  @Option(
      names = "--missing-after",
      paramLabel = "SECONDS",
      defaultValue = "4",
      description =
          "After how long without a sign of life Flink takes a process for dead; default ${DEFAULT-VALUE}. On a machine "
              + "with much other work more, up to 20, or the slow are taken for dead.")
  private int missing;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Empty directory of the cluster; default a new one below .relook/chaos.")
  private Path data = Path.of("");

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    if (missing < 2 || missing > 20) {
      throw new RelookException(
          Kind.USAGE, "--missing-after is %d; it must be 2 to 20.".formatted(missing));
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
                : "This must not be. The same script again: " + repeat)
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
                "The directory %s is not empty: a run begins with an empty cluster."
                    .formatted(data));
          }
        }
        return data.toAbsolutePath();
      }
      Path parent = Path.of(".relook/chaos").toAbsolutePath();
      Files.createDirectories(parent);
      return Files.createTempDirectory(parent, "seed-" + seed + "-");
    } catch (IOException e) {
      throw new RelookException(Kind.USAGE, "The directory cannot be made: " + e.getMessage(), e);
    }
  }
}

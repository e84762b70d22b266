package io.relook.bench.extraction;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.learning.training.TrainingSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of feature extraction, as a mixin of commands. */
public final class ExtractionOptions {
  @Option(
      names = "--area",
      paramLabel = "PIXELS",
      defaultValue = "" + TrainingSettings.DEFAULT_AREA,
      description =
          "Pixels to which pictures are resized for the backbone; default ${DEFAULT-VALUE}.")
  private int area;

  @Option(names = "--threads", paramLabel = "N", description = "Processor threads; default all.")
  private @Nullable Integer threads;

  /**
   * Checks the values.
   *
   * @throws RelookException if one of them is below 1
   */
  public void check() {
    if (area < 1 || (threads != null && threads < 1)) {
      throw new RelookException(Kind.USAGE, "--area and --threads must be at least 1.");
    }
  }

  public int area() {
    return area;
  }

  public int threads() {
    return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
  }
}

package io.relook.job.publication;

import io.relook.job.options.OptionReader;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of checking and publishing models. */
public final class PublicationOptions {

  public static final ConfigOption<Duration> TESTING_TIME_LIMIT =
      ConfigOptions.key("testing.time-limit")
          .durationType()
          .defaultValue(Duration.ofHours(24))
          .withDescription(
              "Time after which checking and publishing a trained model fails, counted as"
                  + " training.time-limit is.");

  private PublicationOptions() {}

  /** Reads the time limit. */
  public static Duration read(OptionReader options) {
    return options.get(TESTING_TIME_LIMIT);
  }
}

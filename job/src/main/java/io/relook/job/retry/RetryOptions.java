package io.relook.job.retry;

import io.relook.job.options.OptionReader;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.util.TimeUtils;

/** Options of images that cannot be read. */
public final class RetryOptions {

  public static final ConfigOption<Duration> IMAGES_UNAVAILABLE_FOR =
      ConfigOptions.key("images.unavailable-for")
          .durationType()
          .defaultValue(Duration.ofHours(1))
          .withDescription(
              "How long an image whose object cannot be read stays in the data set as unavailable"
                  + " and is tried again, 1 min to 7 d. After that it is rejected.");

  /** Well within the time that the topic of images keeps the message. */
  private static final Duration LONGEST = Duration.ofDays(7);

  private static final Duration SHORTEST = Duration.ofMinutes(1);

  private RetryOptions() {}

  /** Reads the options. */
  public static Duration read(OptionReader options) {
    Duration given = options.get(IMAGES_UNAVAILABLE_FOR);
    options.require(
        given.compareTo(SHORTEST) >= 0 && given.compareTo(LONGEST) <= 0,
        "images.unavailable-for is "
            + TimeUtils.formatWithHighestUnit(given)
            + ": it must be 1 min to 7 d, because the message must be in its topic when the image"
            + " is tried again.");
    return given;
  }
}

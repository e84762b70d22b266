package io.relook.job.quarantine;

import io.relook.job.options.OptionReader;
import io.relook.job.s3.OwnBucket;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of when relook stops working on what ends its process. */
public final class QuarantineOptions {

  public static final ConfigOption<Integer> POISON_MAX_CRASHES =
      ConfigOptions.key("poison.max-crashes")
          .intType()
          .defaultValue(3)
          .withDescription(
              "Ends of a task manager's process with the same image in flight after which that image is"
                  + " rejected without being decoded.");

  public static final ConfigOption<Integer> POISON_MAX_TRAINING_CRASHES =
      ConfigOptions.key("poison.max-training-crashes")
          .intType()
          .defaultValue(10)
          .withDescription(
              "Ends of a task manager's process in a row with the same training in flight, from the"
                  + " second on with it alone, after which that training fails. Well above what kills"
                  + " from outside can hit.");

  private QuarantineOptions() {}

  /** Reads them. */
  public static QuarantineSettings read(OptionReader options, OwnBucket bucket) {
    return new QuarantineSettings(
        bucket,
        options.atLeast(POISON_MAX_CRASHES, 1),
        options.atLeast(POISON_MAX_TRAINING_CRASHES, 1));
  }
}

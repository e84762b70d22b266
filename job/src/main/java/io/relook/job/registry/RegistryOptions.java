package io.relook.job.registry;

import io.relook.job.options.OptionReader;
import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of the registry. */
public final class RegistryOptions {

  public static final ConfigOption<Integer> QUOTA_CONCURRENT_TRAININGS =
      ConfigOptions.key("quota.concurrent-trainings")
          .intType()
          .defaultValue(2)
          .withDescription("Trainings that an account may have at the same time.");

  public static final ConfigOption<Integer> QUOTA_REQUESTS_PER_SECOND =
      ConfigOptions.key("quota.requests-per-second")
          .intType()
          .defaultValue(5)
          .withDescription(
              "Requests of one operation that an account may send within a second of record time.");

  private RegistryOptions() {}

  /** Reads the options. */
  public static Quotas read(OptionReader options) {
    return new Quotas(
        options.atLeast(QUOTA_CONCURRENT_TRAININGS, 1),
        options.atLeast(QUOTA_REQUESTS_PER_SECOND, 1));
  }

  /**
   * What an account may ask for at most.
   *
   * @param concurrentTrainings trainings at the same time
   * @param requestsPerSecond requests of one operation within a second of record time
   */
  public record Quotas(int concurrentTrainings, int requestsPerSecond) implements Serializable {}
}

package io.relook.job.probe;

import io.relook.job.options.OptionReader;
import io.relook.job.s3.ObjectStoreFactory;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of probing output buckets. */
public final class ProbeOptions {

  public static final ConfigOption<Duration> ACCESS_PROBE_TIMEOUT =
      ConfigOptions.key("access.probe-timeout")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription("Longest time for probing the output bucket of a CreateModel.");

  public static final ConfigOption<Duration> ACCESS_PROBE_CACHE =
      ConfigOptions.key("access.probe-cache")
          .durationType()
          .defaultValue(Duration.ofMinutes(1))
          .withDescription("How long the result of probing an output bucket is kept.");

  private ProbeOptions() {}

  /** Reads the options. */
  public static ProbeSettings read(OptionReader options, ObjectStoreFactory store) {
    return new ProbeSettings(
        store, options.get(ACCESS_PROBE_TIMEOUT), options.get(ACCESS_PROBE_CACHE));
  }
}

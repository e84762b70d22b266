package io.relook.job.access;

import io.relook.job.options.OptionReader;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of who may do what. */
public final class AccessOptions {

  public static final ConfigOption<String> ACCESS_POLICY_FILE =
      ConfigOptions.key("access.policy-file")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Path of the policy that says which caller may do which operation on which project,"
                  + " read when the job is submitted. Default: everybody may do everything.");

  private AccessOptions() {}

  /** Reads the path of the access policy. */
  public static Optional<String> read(OptionReader options) {
    return options.find(ACCESS_POLICY_FILE);
  }
}

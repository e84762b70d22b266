package io.relook.client.cli;

import io.relook.client.RelookSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether and how long to wait for an import: a mixin. */
final class WaitOptions {
  @Option(names = "--wait", description = "Wait until the manifest is imported or rejected.")
  private boolean wait;

  @Mixin private WaitTimeout timeout = new WaitTimeout();

  /** How long to wait, or nothing. A wrong time fails also without {@code --wait}. */
  Optional<Duration> limit() {
    Duration limit = timeout.limit();
    return wait ? Optional.of(limit) : Optional.empty();
  }

  /** Tells a person who waits that the job restarts. */
  RestartNotice notice(Clock clock, Consumer<String> progress) {
    return timeout.notice(clock, progress);
  }

  /** How long to wait: a mixin of commands that always wait. */
  static final class WaitTimeout {
    @Option(
        names = "--wait-timeout",
        paramLabel = "TIME",
        defaultValue = "1h",
        description = "How long to wait; default ${DEFAULT-VALUE}.")
    private String timeout = "1h";

    @Mixin private ClusterOption cluster = new ClusterOption();

    /** Read before the command is sent, so that a wrong time starts nothing. */
    Duration limit() {
      return RelookSettings.duration(timeout, "--wait-timeout");
    }

    /** Tells a person who waits that the job restarts. */
    RestartNotice notice(Clock clock, Consumer<String> progress) {
      return new RestartNotice(cluster.address(), clock, progress);
    }
  }
}

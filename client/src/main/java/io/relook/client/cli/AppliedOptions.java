package io.relook.client.cli;

import io.relook.client.RelookConnection;
import io.relook.client.SentImages;
import io.relook.wire.Rejection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.RecordMetadata;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether and how long to wait until relook has carried out what was sent: a mixin. */
final class AppliedOptions {
  /** Rejections that a summary names. */
  private static final int MOST_NAMED = 3;

  @Option(
      names = "--wait",
      description = "Wait until relook has taken or rejected it; exit code 1 if it was rejected.")
  private boolean wait;

  @Mixin private WaitOptions.WaitTimeout timeout = new WaitOptions.WaitTimeout();

  /**
   * Sends to a project that exists, and waits if that was asked for.
   *
   * @param progress receives what a person who waits should know
   * @return the rejections; nothing when it was not waited for them
   */
  Optional<List<Rejection>> send(
      RelookConnection relook,
      String project,
      Supplier<Collection<RecordMetadata>> sending,
      Consumer<String> progress) {
    Duration limit = timeout.limit();
    SentImages.requireProject(relook, project);
    if (!wait) {
      var unused = sending.get();
      return Optional.empty();
    }
    try (SentImages sent = SentImages.watch(relook, project)) {
      RestartNotice notice = timeout.notice(relook.clock(), progress);
      return Optional.of(sent.await(sending.get(), limit, notice::look));
    }
  }

  /** The exit code after a sending with these rejections. */
  static int exitCode(Optional<List<Rejection>> rejected) {
    return (rejected.orElse(List.of()).isEmpty() ? ExitCode.OK : ExitCode.FAILED).code();
  }

  /** How many were rejected, why the first ones were, and where to find all. */
  static String sentence(List<Rejection> rejected, String project) {
    if (rejected.isEmpty()) {
      return "None was rejected.";
    }
    List<String> lines = new ArrayList<>();
    lines.add(rejected.size() + (rejected.size() == 1 ? " was rejected:" : " were rejected:"));
    rejected.stream()
        .limit(MOST_NAMED)
        .forEach(one -> lines.add("  " + one.getSourceRef() + ": " + one.getMessage()));
    lines.add("All rejections: 'relook rejections list --project " + project + "'.");
    return String.join(System.lineSeparator(), lines);
  }
}

package io.relook.client.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.relook.client.RelookException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Says to a person who waits that the job fails and restarts, and why. It asks Flink's REST API now
 * and then. When the address does not answer, the command goes on waiting and this says nothing.
 */
final class RestartNotice {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  /** Flink answers from memory; a wait must not stand still for an address without a cluster. */
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final FlinkDoctor flink;
  private final Clock clock;
  private final Consumer<String> progress;
  private final Instant begin;
  private final Set<String> told = new HashSet<>();
  private Instant next;

  RestartNotice(URI cluster, Clock clock, Consumer<String> progress) {
    this.flink = new FlinkDoctor(cluster, TIMEOUT, clock);
    this.clock = clock;
    this.progress = progress;
    this.begin = clock.instant();
    this.next = begin.plus(INTERVAL);
  }

  /** Looks whether a job has failed since the wait began, at most every five seconds. */
  void look() {
    Instant now = clock.instant();
    if (now.isBefore(next)) {
      return;
    }
    next = now.plus(INTERVAL);
    try {
      for (JsonNode job : flink.jobs()) {
        flink.failures(job).stream()
            .filter(failure -> !failure.at().isBefore(begin))
            .findFirst()
            .ifPresent(failure -> tell(job.path("name").asText(), failure.reason()));
      }
    } catch (RelookException e) {
      // The command waits for Kafka, not for Flink.
    }
  }

  private void tell(String job, String reason) {
    if (told.add(job + reason)) {
      progress.accept(
          "The job %s fails and restarts: %s Waiting goes on; 'relook doctor' shows more."
              .formatted(job, reason.endsWith(".") ? reason : reason + "."));
    }
  }
}

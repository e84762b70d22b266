package io.relook.client.cli;

import io.relook.client.Commands;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.wire.CommandReply;
import io.relook.wire.ServiceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;

/** Sends one command and turns a refusal into a failure. */
final class Replies {

  /** Tries of a command that is to be sent again, as the AWS command line makes. */
  private static final int ATTEMPTS = 3;

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private Replies() {}

  /**
   * The reply that says yes. What was throttled, or failed through no fault of the caller's, is
   * sent again after the time the service names, with the same client token.
   *
   * @throws RelookException with the API's exception, its sentence and its members, when the
   *     command was refused
   */
  static CommandReply to(RelookConnection relook, SpecificRecord body) {
    try (Commands commands = relook.commands()) {
      for (int attempt = 1; true; attempt++) {
        CommandReply reply = commands.send(commands.command(body)).join();
        ServiceException error = reply.getError();
        if (error == null) {
          return reply;
        }
        if (attempt == ATTEMPTS || error.getRetryAfterSeconds() == null) {
          throw new RelookException(RelookException.Kind.FAILED, sentence(error));
        }
        pause(Duration.ofSeconds(error.getRetryAfterSeconds()));
      }
    }
  }

  private static void pause(Duration asked) {
    Duration pause = asked.compareTo(LONGEST_PAUSE) < 0 ? asked : LONGEST_PAUSE;
    CompletableFuture.runAsync(
            () -> {}, CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS))
        .join();
  }

  /** The exception with every member it has. */
  static String sentence(ServiceException error) {
    List<String> members = new ArrayList<>();
    if (error.getResourceType() != null) {
      members.add("ResourceType " + error.getResourceType());
    }
    if (error.getResourceId() != null) {
      members.add("ResourceId " + error.getResourceId());
    }
    if (error.getQuotaCode() != null) {
      members.add("QuotaCode " + error.getQuotaCode());
    }
    if (error.getServiceCode() != null) {
      members.add("ServiceCode " + error.getServiceCode());
    }
    if (error.getRetryAfterSeconds() != null) {
      members.add("RetryAfterSeconds " + error.getRetryAfterSeconds());
    }
    return error.getCode()
        + ": "
        + error.getMessage()
        + (members.isEmpty() ? "" : " (" + String.join(", ", members) + ")");
  }
}

package io.relook.client.cli;

import io.relook.client.Commands;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.schemas.operation.ApiExceptions;
import io.relook.schemas.operation.CommandRules;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.ServiceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;

/** Sends one command; an error in the reply becomes a failure. */
final class Replies {

  /** How often a command is sent at most, as by the AWS command line. */
  private static final int ATTEMPTS = 3;

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private Replies() {}

  /**
   * The reply of a command that was carried out. A command that was throttled, or failed by no
   * fault of the caller, is sent again with the same client token after the time that the service
   * names.
   *
   * @throws RelookException with the API's exception, its sentence and its members
   */
  static CommandReply to(RelookConnection relook, SpecificRecord body) {
    try (Commands commands = relook.commands()) {
      for (int attempt = 1; true; attempt++) {
        Command command = commands.command(body);
        // The job applies the same rules: there is no need to ask it.
        Optional<String> violation = CommandRules.violation(command);
        if (violation.isPresent()) {
          throw new RelookException(
              RelookException.Kind.FAILED, sentence(ApiExceptions.validation(violation.get())));
        }
        CommandReply reply = commands.send(command).join();
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

  /** Sends a command, prints its reply as JSON or the sentence, and answers the exit code. */
  static int print(
      RelookConnection relook, SpecificRecord body, OutputOptions output, String sentence) {
    output.print(RecordJson.of(to(relook, body)), sentence);
    return ExitCode.OK.code();
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

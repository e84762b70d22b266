package io.relook.schemas.operation;

import io.relook.schemas.Excerpt;
import io.relook.wire.Command;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The rules of a command: those of its envelope here, then those of its {@link Operation}. A broken
 * rule becomes a sentence that names the member, the value, the rule and the fix.
 */
public final class CommandRules {

  private static final Pattern ACCOUNT = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
  private static final int MAX_REQUEST_ID = 128;
  private static final int MAX_CALLER = 256;

  private CommandRules() {}

  /** The first rule that a command breaks, as a sentence. */
  public static Optional<String> violation(Command command) {
    return Stream.concat(envelope(command), Operation.of(command.getBody()).checks())
        .map(Check::violation)
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Whether a request id follows its rule, so that a reply can carry it. */
  public static boolean isRequestId(String requestId) {
    return !requestId.isEmpty() && requestId.length() <= MAX_REQUEST_ID;
  }

  private static Stream<Check> envelope(Command command) {
    return Stream.of(
        () ->
            ACCOUNT.matcher(command.getAccount()).matches()
                ? Optional.empty()
                : Optional.of(
                    "account is "
                        + Excerpt.quoted(command.getAccount())
                        + ": it must have 1 to 64 letters, digits, hyphens or underscores."),
        () ->
            command.getRequestId() == null || isRequestId(command.getRequestId())
                ? Optional.empty()
                : Optional.of(
                    "requestId is "
                        + Excerpt.quoted(command.getRequestId())
                        + ": it must have 1 to "
                        + MAX_REQUEST_ID
                        + " characters, or be absent."),
        () ->
            command.getCaller() == null
                    || !command.getCaller().isEmpty() && command.getCaller().length() <= MAX_CALLER
                ? Optional.empty()
                : Optional.of(
                    "caller is "
                        + Excerpt.quoted(command.getCaller())
                        + ": it must have 1 to "
                        + MAX_CALLER
                        + " characters, or be absent."));
  }
}

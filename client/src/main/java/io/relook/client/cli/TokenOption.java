package io.relook.client.cli;

import io.relook.client.RelookConnection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The client token: a mixin of every command that changes something. */
final class TokenOption {
  @Option(
      names = "--client-token",
      paramLabel = "TOKEN",
      description =
          "The same token and parameters within 8 hours are the same call; default: a new one.")
  private @Nullable String token;

  /** The token given, or a new one. */
  String token(RelookConnection relook) {
    return token == null ? relook.newId() : token;
  }
}

package io.relook.job.registry;

import io.relook.job.digest.Digests;
import io.relook.wire.Command;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.Tag;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a client token stands for: its scope, and the parameters it was used with. */
final class ClientTokens {

  /** Cannot occur in names, tokens or operations. */
  private static final char SEPARATOR = '\u0000';

  private ClientTokens() {}

  /**
   * The token with its scope, operation and project (the account is the key of the state). Without
   * a token the request id serves; both kinds live in separate spaces.
   */
  static String scoped(Command command, @Nullable String clientToken, String requestId) {
    return command.getBody().getClass().getSimpleName()
        + SEPARATOR
        + projectName(command)
        + SEPARATOR
        + (clientToken == null ? "request " + requestId : "token " + clientToken);
  }

  /**
   * SHA-256 over the parameters. The order of tags does not count, nor whether they are absent or
   * empty; the prefix is empty when absent (schema default).
   */
  static String fingerprint(Command command) {
    Object body = command.getBody();
    if (body instanceof CreateProject create) {
      return digest(create.getProjectName());
    }
    if (body instanceof CreateModel create) {
      String tags =
          create.getTags().stream()
              .sorted(Comparator.comparing(Tag::getKey))
              .map(tag -> part(tag.getKey()) + part(tag.getValue()))
              .collect(Collectors.joining());
      return digest(
          part(create.getProjectName())
              + part(create.getDescription())
              + part(create.getOutputConfig().getS3Location().getBucket())
              + part(create.getOutputConfig().getS3Location().getPrefix())
              + part(create.getKmsKeyId())
              + tags);
    }
    throw new IllegalArgumentException("No parameters are known for " + body.getClass());
  }

  static String projectName(Command command) {
    Object body = command.getBody();
    if (body instanceof CreateProject create) {
      return create.getProjectName();
    }
    if (body instanceof CreateModel create) {
      return create.getProjectName();
    }
    throw new IllegalArgumentException("No project is known for " + body.getClass());
  }

  /** Length before text, so that no two lists of parts read alike. */
  private static String part(@Nullable String text) {
    return text == null ? "-;" : text.length() + ":" + text + ";";
  }

  private static String digest(String parameters) {
    return Digests.sha256(parameters.getBytes(StandardCharsets.UTF_8));
  }
}

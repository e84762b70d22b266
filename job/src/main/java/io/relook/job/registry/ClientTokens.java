package io.relook.job.registry;

import io.relook.job.digest.Digests;
import io.relook.job.operation.Request;
import io.relook.wire.CreateDataset;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.S3Object;
import io.relook.wire.Tag;
import io.relook.wire.UpdateDatasetEntries;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
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
  static String scoped(Request request, @Nullable String clientToken) {
    return request.operation()
        + SEPARATOR
        + request.project()
        + SEPARATOR
        + (clientToken == null ? "request " + request.requestId() : "token " + clientToken);
  }

  /**
   * SHA-256 over the parameters. The order of tags does not count, nor whether they are absent or
   * empty; the prefix is empty when absent (schema default).
   */
  static String fingerprint(Object body) {
    if (body instanceof CreateProject c) {
      return Digests.sha256(c.getProjectName().getBytes(StandardCharsets.UTF_8));
    }
    if (body instanceof DeleteProject c) {
      return digest(c.getProjectName());
    }
    if (body instanceof CreateDataset c) {
      return digest(c.getDatasetType().name(), c.getGroundTruthManifest());
    }
    if (body instanceof UpdateDatasetEntries c) {
      return digest(c.getDatasetType().name(), c.getChanges());
    }
    if (body instanceof DeleteDataset c) {
      return digest(c.getDatasetType().name());
    }
    if (body instanceof DeleteModel c) {
      return digest(c.getModelVersion());
    }
    if (body instanceof CreateModel c) {
      List<@Nullable String> parts = new ArrayList<>();
      parts.add(c.getProjectName());
      parts.add(c.getDescription());
      parts.add(c.getOutputConfig().getS3Location().getBucket());
      parts.add(c.getOutputConfig().getS3Location().getPrefix());
      parts.add(c.getKmsKeyId());
      c.getTags().stream()
          .sorted(Comparator.comparing(Tag::getKey))
          .forEach(
              tag -> {
                parts.add(tag.getKey());
                parts.add(tag.getValue());
              });
      return digest(parts);
    }
    throw new IllegalArgumentException("No parameters are known for " + body.getClass());
  }

  private static String digest(String first, @Nullable S3Object object) {
    return object == null
        ? digest(first)
        : digest(Arrays.asList(first, object.getBucket(), object.getKey(), object.getVersionId()));
  }

  private static String digest(String... parts) {
    return digest(List.of(parts));
  }

  private static String digest(List<@Nullable String> parts) {
    String text = parts.stream().map(ClientTokens::part).collect(Collectors.joining());
    return Digests.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Length before text, so that no two lists of parts read alike. */
  private static String part(@Nullable String text) {
    return text == null ? "-;" : text.length() + ":" + text + ";";
  }
}

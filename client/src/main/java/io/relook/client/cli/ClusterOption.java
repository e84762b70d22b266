package io.relook.client.cli;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.net.URI;
import picocli.CommandLine.Option;

/** The REST API of a Flink cluster: a mixin. */
final class ClusterOption {
  @Option(
      names = "--cluster",
      paramLabel = "URL",
      defaultValue = "${env:RELOOK_FLINK_REST:-http://127.0.0.1:8081}",
      description =
          "REST address of the cluster (RELOOK_FLINK_REST, default http://127.0.0.1:8081)")
  private String cluster = "";

  /**
   * The address, such as {@code http://jobmanager:8081}.
   *
   * @throws RelookException of the kind {@link Kind#USAGE} if it has no host
   */
  URI address() {
    try {
      URI uri = URI.create(cluster);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw wrong();
    }
    throw wrong();
  }

  private RelookException wrong() {
    return new RelookException(
        Kind.USAGE,
        "The value '%s' of --cluster must be an address such as http://127.0.0.1:8081."
            .formatted(cluster));
  }
}

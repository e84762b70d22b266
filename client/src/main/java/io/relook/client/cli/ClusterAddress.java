package io.relook.client.cli;

import io.relook.client.RelookException.Kind;
import io.relook.client.RelookException;
import java.net.URI;

/** Reads {@code --cluster}: the address of a Flink cluster's REST API. */
final class ClusterAddress {

  private ClusterAddress() {}

  /**
   * Reads an address such as {@code http://jobmanager:8081}.
   *
   * @throws RelookException of the kind {@link Kind#USAGE} if it has no host
   */
  static URI parse(String cluster) {
    try {
      URI uri = URI.create(cluster);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new RelookException(
          Kind.USAGE, "The value '%s' of --cluster must be an address such as http://127.0.0.1:8081.".formatted(cluster), e);
    }
    throw new RelookException(
        Kind.USAGE, "The value '%s' of --cluster must be an address such as http://127.0.0.1:8081.".formatted(cluster));
  }
}

package io.relook.client.cli;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import java.net.URI;

/** What {@code --cluster} names: the REST API of a Flink cluster. */
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
          Kind.USAGE, "The value '%s' of --cluster is no address.".formatted(cluster), e);
    }
    throw new RelookException(
        Kind.USAGE, "The value '%s' of --cluster is no address.".formatted(cluster));
  }
}

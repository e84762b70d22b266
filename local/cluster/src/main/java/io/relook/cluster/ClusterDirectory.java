package io.relook.cluster;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The directory of a cluster: a mixin of all its commands. */
final class ClusterDirectory {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".relook/cluster",
      description = "Directory for everything that is kept; default ${DEFAULT-VALUE}.")
  private Path data = Path.of(".relook/cluster");

  /** The cluster on the ports of its last start. */
  Cluster cluster() {
    return cluster(Ports.any());
  }

  /** The cluster on given ports. */
  Cluster cluster(Ports given) {
    return Cluster.in(data, Cluster.Settings.of(Installation.ofThisCheckout()).on(given));
  }
}

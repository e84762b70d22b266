package io.relook.cluster;

import io.relook.embedded.EmbeddedS3;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes the configuration files of one cluster: those of Flink, ZooKeeper, broker and clients. */
final class ClusterFiles {
  private final Layout layout;
  private final Ports ports;

  ClusterFiles(Layout layout, Ports ports) {
    this.layout = layout;
    this.ports = ports;
  }

  /** Writes Flink's configuration: the shared one, changed for this cluster and by the caller. */
  FlinkConfig flink(Cluster.Settings settings) {
    Map<String, String> differences = differences();
    differences.putAll(settings.flink());
    return FlinkConfig.generate(settings.installation().flinkConfig(), layout.conf(), differences);
  }

  /** What differs from the configuration that all clusters share. */
  private Map<String, String> differences() {
    Map<String, String> d = new TreeMap<>();
    for (String key :
        List.of(
            "jobmanager.rpc.address",
            "jobmanager.bind-host",
            "rest.address",
            "rest.bind-address",
            "taskmanager.host",
            "taskmanager.bind-host")) {
      d.put(key, Ports.LOOPBACK);
    }
    Path state = layout.jobState(JobKind.BOTH.jobName());
    d.put("execution.checkpointing.dir", state.resolve("checkpoints").toUri().toString());
    d.put("execution.checkpointing.savepoint-dir", state.resolve("savepoints").toUri().toString());
    // When a job manager is lost, the other one takes its job over.
    d.put("high-availability.type", "zookeeper");
    d.put("high-availability.zookeeper.quorum", Ports.LOOPBACK + ":" + ports.zookeeper());
    d.put("high-availability.cluster-id", "/relook");
    d.put("high-availability.storageDir", layout.highAvailability().toUri().toString());
    d.put("high-availability.zookeeper.client.session-timeout", "4000 ms");
    d.put("high-availability.zookeeper.client.connection-timeout", "4000 ms");
    d.put("high-availability.zookeeper.client.retry-wait", "1000 ms");
    // A killed task manager is noticed after four seconds, not fifty.
    d.put("heartbeat.interval", "1 s");
    d.put("heartbeat.timeout", "4 s");
    // Both task managers have work, and each has room for all of it.
    d.put("taskmanager.load-balance.mode", "SLOTS");
    // Fits into a laptop's memory. The shared file is for a machine that runs nothing else.
    d.put("jobmanager.memory.process.size", "900m");
    d.put("taskmanager.memory.process.size", "2g");
    d.put("taskmanager.memory.task.off-heap.size", "512m");
    d.put("taskmanager.memory.managed.size", "128m");
    return d;
  }

  /** Writes the other files. */
  void others(Map<String, String> brokerProperties, Cluster cluster) {
    StringBuilder broker = new StringBuilder();
    new TreeMap<>(brokerProperties)
        .forEach((key, value) -> broker.append(key).append('=').append(value).append('\n'));
    String zookeeper =
        """
        tickTime=1000
        dataDir=%s
        clientPort=%d
        clientPortAddress=%s
        admin.enableServer=false
        maxClientCnxns=0
        autopurge.purgeInterval=1
        """
            .formatted(layout.data(Cluster.ZOOKEEPER), ports.zookeeper(), Ports.LOOPBACK);
    String clients =
        """
        # Written by ./relook cluster. Use it with --config.
        kafka.bootstrap-servers=%s
        s3.endpoint=%s
        s3.region=%s
        """
            .formatted(
                cluster.bootstrapServers(), cluster.storeEndpoint(), EmbeddedS3.DEFAULT_REGION);
    try {
      Files.createDirectories(layout.data(Cluster.ZOOKEEPER));
      Files.writeString(layout.conf().resolve("kafka.properties"), broker, StandardCharsets.UTF_8);
      Files.writeString(layout.conf().resolve("zoo.cfg"), zookeeper, StandardCharsets.UTF_8);
      Files.writeString(layout.clientConfig(), clients, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write to " + layout.home(), e);
    }
  }
}

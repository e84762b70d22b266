package io.relook.chaos;

import io.relook.cluster.Cluster;
import io.relook.cluster.ClusterJobs.From;
import io.relook.cluster.Installation;
import io.relook.cluster.JobKind;
import io.relook.cluster.ManagedProcess;
import io.relook.cluster.Ports;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A cluster whose job reaches broker and store through proxies, which can be made to fail. */
final class HarmedCluster implements AutoCloseable {
  static final int IMAGE_PARTITIONS = 4;

  private final Cluster cluster;
  private final TcpProxy brokerProxy;
  private final StoreProxy storeProxy;

  /**
   * Makes the cluster, which does not run yet.
   *
   * @param missing after how long without a sign of life a process counts as dead
   */
  HarmedCluster(Path data, long seed, Duration missing, Installation installation) {
    StoreProxy.prepare();
    Ports ports = Ports.any().choose();
    int proxied = Ports.free();
    int proxyPort = Ports.free();
    this.brokerProxy = TcpProxy.start(proxyPort, proxied);
    this.storeProxy = StoreProxy.start(0, URI.create("http://127.0.0.1:" + ports.s3()), seed);
    this.cluster =
        Cluster.in(
            data,
            new Cluster.Settings(
                installation,
                ports,
                flink(missing),
                broker(ports, proxied, proxyPort),
                Optional.of("127.0.0.1:" + proxyPort),
                Optional.of(storeProxy.endpoint()),
                IMAGE_PARTITIONS));
  }

  private static Map<String, String> flink(Duration missing) {
    Map<String, String> flink = new HashMap<>();
    flink.put("jobmanager.memory.process.size", "800m");
    flink.put("taskmanager.memory.process.size", "1600m");
    flink.put("taskmanager.memory.task.off-heap.size", "384m");
    flink.put("taskmanager.memory.managed.size", "64m");
    flink.put("heartbeat.timeout", missing.toMillis() + " ms");
    flink.put("high-availability.zookeeper.client.session-timeout", missing.toMillis() + " ms");
    flink.put("pekko.ask.timeout", "30 s");
    // Faults come every few seconds here, so a back-off of minutes would only waste time.
    flink.put("restart-strategy.exponential-delay.initial-backoff", "200 ms");
    flink.put("restart-strategy.exponential-delay.max-backoff", "1 s");
    flink.put("restart-strategy.exponential-delay.reset-backoff-threshold", "10 s");
    flink.put("env.java.opts.all", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1");
    return flink;
  }

  /** The job has a listener of its own at the broker, with the address of the proxy. */
  private static Map<String, String> broker(Ports ports, int proxied, int proxyPort) {
    String controller = "127.0.0.1:" + ports.kafkaController();
    return Map.of(
        "listeners",
        "BROKER://127.0.0.1:%d,PROXIED://127.0.0.1:%d,CONTROLLER://%s"
            .formatted(ports.kafka(), proxied, controller),
        "advertised.listeners",
        "BROKER://127.0.0.1:%d,PROXIED://127.0.0.1:%d".formatted(ports.kafka(), proxyPort),
        "listener.security.protocol.map",
        "BROKER:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.quorum.voters",
        "1@" + controller);
  }

  private static List<String> jobOptions() {
    return List.of(
        "--features.area", "1024",
        "--dataset.minimums", "false",
        "--quota.requests-per-second", "100",
        "--quota.concurrent-trainings", "2",
        "--training.cpu-threads", "1",
        "--extraction.threads", "1");
  }

  Cluster cluster() {
    return cluster;
  }

  /** A client that means harm, and reaches the broker without the proxy. */
  HostileClient hostileClient() {
    return new HostileClient(cluster.bootstrapServers(), IMAGE_PARTITIONS);
  }

  TcpProxy brokerProxy() {
    return brokerProxy;
  }

  StoreProxy storeProxy() {
    return storeProxy;
  }

  /** Starts the job, from a savepoint of the running one if there is one; answers its id. */
  String submit(int parallelism, Consumer<String> progress) {
    return cluster.jobs().submit(JobKind.BOTH, parallelism, From.NEWEST, jobOptions(), progress);
  }

  /** Ends every fault that lasts. */
  void heal() {
    storeProxy.set(StoreFault.NONE);
    storeProxy.permitAll();
    brokerProxy.refuse(false);
    cluster.processes().values().forEach(ManagedProcess::thaw);
  }

  @Override
  public void close() {
    heal();
    cluster.kill();
    brokerProxy.close();
    storeProxy.close();
  }
}

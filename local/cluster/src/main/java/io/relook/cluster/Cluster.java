package io.relook.cluster;

import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.RelookSettings;
import io.relook.client.Setting;
import io.relook.embedded.EmbeddedS3;
import io.relook.schemas.Topic;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Starts, finds and stops the processes of one cluster: broker, S3 server, ZooKeeper, two job
 * managers and two task managers. They outlive this object; their pid files find them again.
 */
public final class Cluster {
  /** relook's own bucket. */
  public static final String OWN_BUCKET = "relook";

  /** A bucket for the files of models, as a customer would have one. */
  public static final String MODELS_BUCKET = "models";

  /** The one key under which the store encrypts. */
  static final String KMS_KEY = "alias/relook";

  /** Names of the processes, which also name their files. */
  public static final String ZOOKEEPER = "zookeeper";

  public static final String BROKER = "kafka";
  public static final String STORE = "s3";
  public static final List<String> JOB_MANAGERS = List.of("jobmanager-1", "jobmanager-2");
  public static final List<String> TASK_MANAGERS = List.of("taskmanager-1", "taskmanager-2");

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);

  private final Layout layout;
  private final Settings settings;
  private final Ports ports;
  private final FlinkConfig flink;
  private final Map<String, ManagedProcess> processes;

  /**
   * What may differ from one cluster to another.
   *
   * @param ports where 0, the port of the last start; at the first start a free one
   * @param flink options of Flink that win over those of the shared file and of this cluster
   * @param broker properties of the broker that win over those of this cluster
   * @param jobServers broker address for the job; empty for the broker's own
   * @param jobStore store address for the job; empty for the store's own
   */
  public record Settings(
      Installation installation,
      Ports ports,
      Map<String, String> flink,
      Map<String, String> broker,
      Optional<String> jobServers,
      Optional<URI> jobStore,
      int imagePartitions) {

    /** The defaults. */
    public static Settings of(Installation installation) {
      return new Settings(
          installation,
          Ports.any(),
          Map.of(),
          Map.of(),
          Optional.empty(),
          Optional.empty(),
          Topic.IMAGES.partitions());
    }

    /** These settings with other ports. */
    public Settings on(Ports given) {
      return new Settings(
          installation, given, flink, broker, jobServers, jobStore, imagePartitions);
    }
  }

  private Cluster(Layout layout, Settings settings, Ports ports, FlinkConfig flink) {
    this.layout = layout;
    this.settings = settings;
    this.ports = ports;
    this.flink = flink;
    this.processes = new TreeMap<>();
    ClusterProcesses made = new ClusterProcesses(settings.installation(), layout, ports, flink);
    made.all().forEach(process -> processes.put(process.name(), process));
  }

  /** The cluster of a directory, whether it runs or not. Writes its configuration files. */
  public static Cluster in(Path directory, Settings settings) {
    Layout layout = Layout.in(directory);
    Ports ports = Ports.kept(layout.ports(), settings.ports()).choose();
    ports.keep(layout.ports());
    ClusterFiles files = new ClusterFiles(layout, ports);
    Cluster cluster = new Cluster(layout, settings, ports, files.flink(settings));
    files.others(settings.broker(), cluster);
    return cluster;
  }

  public Layout layout() {
    return layout;
  }

  public Ports ports() {
    return ports;
  }

  public String bootstrapServers() {
    return Ports.LOOPBACK + ":" + ports.kafka();
  }

  public URI storeEndpoint() {
    return URI.create("http://" + Ports.LOOPBACK + ":" + ports.s3());
  }

  /** How clients reach the cluster. */
  public RelookSettings clientSettings() {
    return RelookSettings.of(bootstrapServers())
        .with(Setting.S3_ENDPOINT, storeEndpoint().toString())
        .with(Setting.S3_REGION, EmbeddedS3.DEFAULT_REGION);
  }

  /** All processes by name. */
  public Map<String, ManagedProcess> processes() {
    return processes;
  }

  public ManagedProcess process(String name) {
    ManagedProcess process = processes.get(name);
    if (process == null) {
      throw new IllegalArgumentException("There is no process " + name);
    }
    return process;
  }

  /** The jobs of this cluster. */
  public ClusterJobs jobs() {
    return new ClusterJobs(this, settings);
  }

  /** Follows the leading job manager. */
  public Leader leader() {
    return Leader.follow(flink.configuration());
  }

  /** The job manager whose REST API has this address. */
  public String jobManagerAt(URI leader) {
    return leader.getPort() == ports.ui() ? JOB_MANAGERS.get(0) : JOB_MANAGERS.get(1);
  }

  /**
   * Starts each process that does not run, waits until all of them serve, and creates the topics.
   *
   * @param progress receives each step
   * @throws RelookException when a process ends or does not serve in time
   */
  public void up(Consumer<String> progress) {
    List<String> first = List.of(ZOOKEEPER, BROKER, STORE);
    first.forEach(name -> start(name, progress));
    awaitServing(first, ZOOKEEPER, () -> Ports.isOpen(ports.zookeeper()));
    awaitServing(
        first, STORE, () -> Ports.isOpen(ports.s3()) && Files.exists(layout.credentials()));
    awaitServing(first, BROKER, () -> Ports.isOpen(ports.kafka()));
    // Flink's processes need the credentials and ZooKeeper when they start.
    JOB_MANAGERS.forEach(name -> start(name, progress));
    TASK_MANAGERS.forEach(name -> start(name, progress));
    progress.accept("Creating topics");
    new RelookConnection(clientSettings())
        .topics()
        .create(Map.of(Topic.IMAGES, settings.imagePartitions()), Optional.of((short) 1));
    progress.accept("Waiting for Flink");
    Set<String> all = processes.keySet();
    awaitServing(all, JOB_MANAGERS.get(0), () -> Ports.isOpen(ports.ui()));
    awaitServing(all, JOB_MANAGERS.get(1), () -> Ports.isOpen(ports.standbyUi()));
    try (Leader leader = leader()) {
      FlinkJobs jobs = ClusterJobs.at(leader);
      awaitServing(all, TASK_MANAGERS.get(0), () -> hasTaskManagers(jobs, TASK_MANAGERS.size()));
    }
  }

  private static boolean hasTaskManagers(FlinkJobs jobs, int wanted) {
    try {
      return jobs.taskManagers() >= wanted;
    } catch (RelookException e) {
      return false; // the leader does not answer yet
    }
  }

  private void start(String name, Consumer<String> progress) {
    if (process(name).running().isEmpty()) {
      requireFreePort(name);
      progress.accept(
          (process(name).wanted() ? "Starting again after it died: " : "Starting ") + name);
      process(name).start();
    }
  }

  private void requireFreePort(String name) {
    Map<String, Integer> listening =
        Map.of(
            ZOOKEEPER,
            ports.zookeeper(),
            BROKER,
            ports.kafka(),
            STORE,
            ports.s3(),
            JOB_MANAGERS.get(0),
            ports.ui(),
            JOB_MANAGERS.get(1),
            ports.standbyUi());
    Integer port = listening.get(name);
    if (port != null && Ports.isOpen(port)) {
      throw new RelookException(
          Kind.FAILED,
          ("Port %d of %s, which %s needs, is in use by another process: stop that process, or choose"
                  + " another port (they are kept in %s).")
              .formatted(port, Ports.LOOPBACK, name, layout.ports()));
    }
  }

  /**
   * Waits for one process.
   *
   * @param begun processes that were started: none of them may end while this waits
   */
  private void awaitServing(Collection<String> begun, String name, BooleanSupplier serves) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!serves.getAsBoolean()) {
      for (String one : begun) {
        if (process(one).running().isEmpty()) {
          throw process(one).died();
        }
      }
      if (System.nanoTime() > deadline) {
        throw new RelookException(
            Kind.UNREACHABLE,
            "The process %s runs but does not serve within %d s: see %s."
                .formatted(name, PATIENCE.toSeconds(), layout.log(name)));
      }
      FlinkJobs.pause();
    }
  }

  /**
   * Stops the jobs with savepoints and then all processes. A job that cannot be reached is not
   * stopped: it continues from its newest checkpoint at the next start.
   */
  public void down(Consumer<String> progress) {
    boolean flinkRuns =
        process(ZOOKEEPER).running().isPresent()
            && JOB_MANAGERS.stream().anyMatch(name -> process(name).running().isPresent());
    if (flinkRuns) {
      try {
        jobs().stopAll(progress);
      } catch (RelookException e) {
        progress.accept("The job was not stopped with a savepoint: " + e.getMessage());
      }
    }
    List<String> order = new ArrayList<>(TASK_MANAGERS);
    order.addAll(JOB_MANAGERS);
    order.addAll(List.of(ZOOKEEPER, STORE, BROKER));
    for (String name : order) {
      if (process(name).wanted()) {
        progress.accept("Stopping " + name);
        process(name).stop(STOP_PATIENCE);
      }
    }
  }

  /** Ends all processes immediately. For tests and Ctrl-C. */
  public void kill() {
    processes.values().forEach(process -> process.stop(Duration.ZERO));
  }
}

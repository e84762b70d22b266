package io.relook.cluster;

import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.RelookSettings;
import io.relook.client.Setting;
import io.relook.embedded.EmbeddedFlink;
import io.relook.embedded.EmbeddedS3;
import io.relook.schemas.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
 * Broker, S3 server, ZooKeeper, two job managers and two task managers as processes. An object of
 * this class owns none of them: they are found again through their pid files.
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
  private static final Duration SAVEPOINT_PATIENCE = Duration.ofMinutes(3);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);

  private final Layout layout;
  private final Settings settings;
  private final Ports ports;
  private final FlinkConfig flink;
  private final Map<String, ManagedProcess> processes;

  /**
   * What may differ from one cluster to another.
   *
   * @param ports given ones; those that are 0 are taken from the cluster's directory, else free
   *     ones are
   * @param flink options of Flink that go before those of the shared file and this class's own
   * @param broker properties of the broker that go before this class's own
   * @param jobServers broker address that the job is given; empty for the broker's own
   * @param jobStore store address that the job is given; empty for the store's own
   */
  public record Settings(
      Installation installation,
      Ports ports,
      Map<String, String> flink,
      Map<String, String> broker,
      Optional<String> jobServers,
      Optional<URI> jobStore,
      int imagePartitions) {

    /** Nothing given. */
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

    /** The same on these ports. */
    public Settings on(Ports given) {
      return new Settings(
          installation, given, flink, broker, jobServers, jobStore, imagePartitions);
    }
  }

  /** Which pipelines a job has: both, or the job of one of two. */
  public enum JobKind {
    BOTH("relook"),
    CONTROL("relook-control"),
    DATA("relook-data");

    private final String jobName;

    JobKind(String jobName) {
      this.jobName = jobName;
    }

    public String jobName() {
      return jobName;
    }

    static Optional<JobKind> named(String jobName) {
      for (JobKind kind : values()) {
        if (kind.jobName.equals(jobName)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * From which state a job starts.
   *
   * @param path a savepoint or retained checkpoint; empty for the newest of the job's own
   * @param fresh with empty state, although there are models: the job itself then wants other
   *     output topics
   * @param allowNonRestored whether state that no operator takes may be left behind, as when one
   *     job becomes two
   */
  public record From(Optional<String> path, boolean fresh, boolean allowNonRestored) {
    /** From the newest complete checkpoint or savepoint. */
    public static final From NEWEST = new From(Optional.empty(), false, false);
  }

  private Cluster(Layout layout, Settings settings, Ports ports, FlinkConfig flink) {
    this.layout = layout;
    this.settings = settings;
    this.ports = ports;
    this.flink = flink;
    this.processes = new TreeMap<>();
    for (ManagedProcess process : commands()) {
      processes.put(process.name(), process);
    }
  }

  /** The cluster of a directory, whether it runs or not. Writes its configuration anew. */
  public static Cluster in(Path directory, Settings settings) {
    Layout layout = Layout.in(directory);
    Ports ports = Ports.kept(layout.ports(), settings.ports()).choose();
    ports.keep(layout.ports());
    Map<String, String> differences = new TreeMap<>(differences(layout, ports));
    differences.putAll(settings.flink());
    FlinkConfig flink =
        FlinkConfig.generate(settings.installation().flinkConfig(), layout.conf(), differences);
    Cluster cluster = new Cluster(layout, settings, ports, flink);
    cluster.writeConfigurations();
    return cluster;
  }

  /** What differs from the configuration that all clusters share. */
  private static Map<String, String> differences(Layout layout, Ports ports) {
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
    // A job manager that is lost is replaced by the other, which takes the job over.
    d.put("high-availability.type", "zookeeper");
    d.put("high-availability.zookeeper.quorum", Ports.LOOPBACK + ":" + ports.zookeeper());
    d.put("high-availability.cluster-id", "/relook");
    d.put("high-availability.storageDir", layout.highAvailability().toUri().toString());
    d.put("high-availability.zookeeper.client.session-timeout", "4000 ms");
    d.put("high-availability.zookeeper.client.connection-timeout", "4000 ms");
    d.put("high-availability.zookeeper.client.retry-wait", "1000 ms");
    // A killed task manager is missed after four seconds, not fifty.
    d.put("heartbeat.interval", "1 s");
    d.put("heartbeat.timeout", "4 s");
    // Both task managers work, and either can take all of it over.
    d.put("taskmanager.load-balance.mode", "SLOTS");
    // A laptop's memory; the shared file is made for a machine of its own.
    d.put("jobmanager.memory.process.size", "900m");
    d.put("taskmanager.memory.process.size", "2g");
    d.put("taskmanager.memory.task.off-heap.size", "512m");
    d.put("taskmanager.memory.managed.size", "128m");
    return d;
  }

  private List<ManagedProcess> commands() {
    List<ManagedProcess> all = new ArrayList<>();
    String own = settings.installation().classPath();
    all.add(
        process(
            ZOOKEEPER,
            List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            flinkClassPath(),
            "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
            "--zkConfigFile",
            layout.conf().resolve("zoo.cfg").toString(),
            "--peerId",
            "1"));
    all.add(
        process(
            BROKER,
            List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            own,
            "io.relook.cluster.BrokerProcess",
            layout.data(BROKER).toString(),
            Integer.toString(ports.kafka()),
            layout.conf().resolve("kafka.properties").toString()));
    all.add(
        process(
            STORE,
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            own,
            "io.relook.cluster.StoreProcess",
            layout.data(STORE).toString(),
            Integer.toString(ports.s3()),
            layout.credentials().toString(),
            OWN_BUCKET,
            MODELS_BUCKET));
    int[] uis = {ports.ui(), ports.standbyUi()};
    for (int i = 0; i < JOB_MANAGERS.size(); i++) {
      all.add(jobManager(JOB_MANAGERS.get(i), uis[i]));
    }
    TASK_MANAGERS.forEach(name -> all.add(taskManager(name)));
    return all;
  }

  private ManagedProcess jobManager(String name, int ui) {
    FlinkConfig.Memory memory = flink.jobManagerMemory();
    List<String> flags = new ArrayList<>(memory.flags());
    flags.addAll(flink.jobManagerJavaOptions());
    // Nothing else may stand here: from the first argument it does not know, Flink's parser ignores
    // all, the memory options too.
    List<String> args =
        new ArrayList<>(
            List.of(
                "--configDir",
                layout.conf().toString(),
                "-D",
                "rest.bind-port=" + ui,
                "-D",
                "rest.port=" + ui));
    args.addAll(flinkDirectories(name));
    args.addAll(memory.options());
    return process(
        name,
        flags,
        flinkClassPath(),
        "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
        args.toArray(new String[0]));
  }

  private ManagedProcess taskManager(String name) {
    FlinkConfig.Memory memory = flink.taskManagerMemory();
    List<String> flags = new ArrayList<>(memory.flags());
    flags.addAll(flink.taskManagerJavaOptions());
    List<String> args = new ArrayList<>(List.of("--configDir", layout.conf().toString()));
    args.addAll(flinkDirectories(name));
    args.addAll(memory.options());
    return process(
        name,
        flags,
        flinkClassPath(),
        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
        args.toArray(new String[0]));
  }

  private List<String> flinkDirectories(String name) {
    String temporary = layout.temporary(name).toString();
    return List.of("-D", "io.tmp.dirs=" + temporary, "-D", "web.tmpdir=" + temporary);
  }

  private String flinkClassPath() {
    return settings.installation().flinkLib() + "/*";
  }

  private ManagedProcess process(
      String name, List<String> flags, String classPath, String main, String... args) {
    List<String> command = new ArrayList<>();
    command.add(settings.installation().java().toString());
    command.addAll(flags);
    command.add("-Dfile.encoding=UTF-8");
    command.add("-Djava.io.tmpdir=" + layout.temporary(name));
    command.add("-Dlog.file=" + layout.log(name));
    command.add("-Dconsole.log.level=OFF"); // the file has it
    command.add(
        "-Dlog4j2.configurationFile=" + layout.conf().resolve("log4j-console.properties").toUri());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(List.of(args));
    return new ManagedProcess(
        name,
        command,
        Map.of(
            "FLINK_CONF_DIR", layout.conf().toString(),
            "FLINK_LIB_DIR", settings.installation().flinkLib().toString(),
            "AWS_SHARED_CREDENTIALS_FILE", layout.credentials().toString(),
            "AWS_EC2_METADATA_DISABLED", "true",
            // Of glibc: with an arena a thread, what RocksDB and ONNX Runtime free is not used
            // again. Flink's image has jemalloc for that.
            "MALLOC_ARENA_MAX", "2"),
        layout);
  }

  private void writeConfigurations() {
    StringBuilder broker = new StringBuilder();
    Map<String, String> brokerProperties = new TreeMap<>(settings.broker());
    brokerProperties.forEach(
        (key, value) -> broker.append(key).append('=').append(value).append('\n'));
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
            .formatted(layout.data(ZOOKEEPER), ports.zookeeper(), Ports.LOOPBACK);
    String clients =
        """
        # Written by ./relook cluster. Use it with --config.
        kafka.bootstrap-servers=%s
        s3.endpoint=%s
        s3.region=%s
        """
            .formatted(bootstrapServers(), storeEndpoint(), EmbeddedS3.DEFAULT_REGION);
    try {
      Files.createDirectories(layout.data(ZOOKEEPER));
      Files.writeString(layout.conf().resolve("kafka.properties"), broker, StandardCharsets.UTF_8);
      Files.writeString(layout.conf().resolve("zoo.cfg"), zookeeper, StandardCharsets.UTF_8);
      Files.writeString(layout.clientConfig(), clients, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write to " + layout.home(), e);
    }
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

  /** Follows the leading job manager. */
  public Leader leader() {
    return Leader.follow(flink.configuration());
  }

  /** The job manager whose REST API has this address. */
  public String jobManagerAt(URI leader) {
    return leader.getPort() == ports.ui() ? JOB_MANAGERS.get(0) : JOB_MANAGERS.get(1);
  }

  /**
   * Starts what does not run and waits until all of it serves; then the topics exist.
   *
   * @param progress is told each step
   * @throws RelookException with a sentence when a process ends or does not serve in time
   */
  public void up(Consumer<String> progress) {
    List<String> first = List.of(ZOOKEEPER, BROKER, STORE);
    first.forEach(name -> start(name, progress));
    awaitServing(first, ZOOKEEPER, () -> Ports.isOpen(ports.zookeeper()));
    awaitServing(
        first, STORE, () -> Ports.isOpen(ports.s3()) && Files.exists(layout.credentials()));
    awaitServing(first, BROKER, () -> Ports.isOpen(ports.kafka()));
    // Flink's processes read the credentials and look for ZooKeeper when they start.
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
      FlinkJobs jobs = jobs(leader);
      awaitServing(all, TASK_MANAGERS.get(0), () -> hasTaskManagers(jobs, TASK_MANAGERS.size()));
    }
  }

  private static boolean hasTaskManagers(FlinkJobs jobs, int wanted) {
    try {
      return jobs.taskManagers() >= wanted;
    } catch (RelookException e) {
      return false; // the leader has not begun to answer
    }
  }

  private void start(String name, Consumer<String> progress) {
    if (process(name).running().isEmpty()) {
      requireFreePort(name);
      progress.accept(
          (process(name).wanted() ? "Starting again, since it is dead: " : "Starting ") + name);
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
          ("Port %d of %s, which %s uses, is taken by another process: stop that, or give another port"
                  + " (%s keeps them).")
              .formatted(port, Ports.LOOPBACK, name, layout.ports()));
    }
  }

  /**
   * Waits for one process.
   *
   * @param begun processes that have been started by now: none of them may end meanwhile
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
   * The jobs, at whatever job manager leads now.
   *
   * @throws RelookException when none leads
   */
  public FlinkJobs jobs(Leader leader) {
    return new FlinkJobs(
        leader
            .await(PATIENCE)
            .orElseThrow(
                () ->
                    new RelookException(
                        Kind.UNREACHABLE,
                        "No job manager leads: see ./relook cluster status, and start what is dead"
                            + " with ./relook cluster up.")));
  }

  /**
   * Starts a job. One of its kind that runs is stopped with a savepoint first, from which the new
   * one goes on: so this also upgrades and rescales.
   *
   * @param options of the job, as {@code --key value}; they go before those made here
   * @return the new job's id
   */
  public String submit(
      JobKind kind, int parallelism, From from, List<String> options, Consumer<String> progress) {
    try (Leader leader = leader()) {
      FlinkJobs jobs = jobs(leader);
      for (FlinkJobs.Job running : jobs.active()) {
        if (conflicts(kind, running)) {
          stop(jobs, running, progress);
        }
      }
      Optional<String> state =
          from.fresh() ? Optional.empty() : from.path().or(() -> newestState(kind));
      progress.accept(
          state
              .map(path -> "Starting " + kind.jobName() + " from " + path)
              .orElse("Starting " + kind.jobName() + " with empty state"));
      List<String> all = new ArrayList<>(jobOptions(kind, from));
      all.addAll(options);
      return jobs.start(
          new FlinkJobs.Start(
              settings.installation().jobJar(),
              kind.jobName(),
              all,
              parallelism,
              state,
              // What somebody named is theirs; what was found is the job's own and it may delete
              // it.
              from.path().isEmpty(),
              from.allowNonRestored(),
              layout.jobState(kind.jobName())));
    }
  }

  /** Whether the two would read the same topics and write under the same transactional ids. */
  private static boolean conflicts(JobKind kind, FlinkJobs.Job running) {
    Optional<JobKind> other = JobKind.named(running.name());
    return other.isPresent()
        && (other.get() == kind || other.get() == JobKind.BOTH || kind == JobKind.BOTH);
  }

  private List<String> jobOptions(JobKind kind, From from) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--kafka.bootstrap-servers",
                settings.jobServers().orElse(bootstrapServers()),
                "--s3.endpoint",
                settings.jobStore().orElse(storeEndpoint()).toString(),
                "--s3.region",
                EmbeddedS3.DEFAULT_REGION,
                "--s3.path-style-access",
                "true",
                "--s3.bucket",
                OWN_BUCKET));
    if (kind != JobKind.BOTH) {
      options.addAll(List.of("--job.pipelines", kind.name()));
    }
    if (from.fresh()) {
      options.addAll(List.of("--job.fresh", "true"));
    }
    return options;
  }

  /** The newest complete checkpoint or savepoint of a job. */
  public Optional<String> newestState(JobKind kind) {
    return EmbeddedFlink.newestState(layout.jobState(kind.jobName()))
        .map(metadata -> metadata.replaceFirst("/_metadata$", ""));
  }

  /**
   * Waits until all tasks of a job run and it has completed a checkpoint since.
   *
   * @throws RelookException when it does not, with how far it came
   */
  public void awaitRunning(String job, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    String seen = "nothing is known of it";
    while (System.nanoTime() < deadline) {
      try (Leader leader = leader()) {
        FlinkJobs jobs = jobs(leader);
        for (FlinkJobs.Job one : jobs.list()) {
          if (one.id().equals(job)) {
            if (one.ended()) {
              throw new RelookException(
                  Kind.FAILED,
                  "The job %s is %s: see its exceptions in Flink's web UI at %s."
                      .formatted(job, one.state(), leader.now().map(URI::toString).orElse("?")));
            }
            seen = "%s, %d of %d tasks run".formatted(one.state(), one.runningTasks(), one.tasks());
            if (one.runs() && jobs.newestCheckpoint(job).isPresent()) {
              return;
            }
          }
        }
      } catch (RelookException e) {
        if (e.kind() != Kind.UNREACHABLE) {
          throw e;
        }
      }
      FlinkJobs.pause();
    }
    throw new RelookException(
        Kind.UNREACHABLE,
        "The job %s does not run after %d s (%s): see ./relook cluster status and its exceptions in"
                .formatted(job, patience.toSeconds(), seen)
            + " Flink's web UI.");
  }

  /** Stops all jobs, each with a savepoint. */
  public void stopJobs(Consumer<String> progress) {
    try (Leader leader = leader()) {
      FlinkJobs jobs = jobs(leader);
      for (FlinkJobs.Job job : jobs.active()) {
        stop(jobs, job, progress);
      }
    }
  }

  private void stop(FlinkJobs jobs, FlinkJobs.Job job, Consumer<String> progress) {
    progress.accept("Stopping " + job.name() + " with a savepoint");
    String savepoint =
        jobs.stopWithSavepoint(
            job.id(), layout.jobState(job.name()).resolve("savepoints"), SAVEPOINT_PATIENCE);
    progress.accept("Stopped; savepoint " + savepoint);
  }

  /**
   * Stops jobs with savepoints and then all processes. What cannot be asked any more is stopped
   * without: its newest checkpoint is there, and a job that was not stopped goes on by itself at
   * the next start.
   */
  public void down(Consumer<String> progress) {
    boolean flinkRuns =
        process(ZOOKEEPER).running().isPresent()
            && JOB_MANAGERS.stream().anyMatch(name -> process(name).running().isPresent());
    if (flinkRuns) {
      try {
        stopJobs(progress);
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

  /** Ends all processes at once. For tests and Ctrl-C. */
  public void kill() {
    processes.values().forEach(process -> process.stop(Duration.ZERO));
  }
}

package io.relook.chaos;

import io.relook.chaos.guarantee.Guarantee;
import io.relook.chaos.guarantee.Observation;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.TopicReader;
import io.relook.cluster.Cluster;
import io.relook.cluster.Cluster.From;
import io.relook.cluster.Cluster.JobKind;
import io.relook.cluster.Installation;
import io.relook.cluster.Leader;
import io.relook.cluster.ManagedProcess;
import io.relook.cluster.Ports;
import io.relook.schemas.Topic;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the suite. */
final class Chaos implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Chaos.class);
  private static final int IMAGE_PARTITIONS = 4;
  private static final Duration RECOVERY_PATIENCE = Duration.ofMinutes(5);
  private static final Duration QUIET_PATIENCE = Duration.ofMinutes(8);
  private static final Duration ASK_PATIENCE = Duration.ofSeconds(3);

  private final Options options;
  private final Consumer<String> progress;
  private final long started = System.nanoTime();
  private final List<Guarantee> guarantees = Guarantee.all();
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();
  private final Cluster cluster;
  private final TcpProxy brokerProxy;
  private final StoreProxy storeProxy;
  private final AtomicBoolean supervising = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private int restarts;
  private @Nullable Leader leader;

  /**
   * What to run.
   *
   * @param faults end when this many faults counted; 0 for when the time is over
   * @param missing after how long without a sign of life a process is taken for dead
   */
  record Options(
      Path data, long seed, Duration time, int faults, Duration missing, Load.Pace pace) {}

  /**
   * A fault that was done.
   *
   * @param control time to the next committed output of the control pipeline that was appended
   *     after it
   * @param data the same of the data pipeline
   */
  record Fault(
      int number,
      FaultKind kind,
      String what,
      Instant at,
      InFlight inFlight,
      boolean undisturbed,
      Optional<Duration> control,
      Optional<Duration> data) {
    boolean counts() {
      return inFlight.counts();
    }
  }

  Chaos(Options options, Installation installation, Consumer<String> progress) {
    StoreProxy.prepare();
    this.options = options;
    this.progress = progress;
    Ports ports = Ports.any().choose();
    int proxied = Ports.free();
    int proxyPort = Ports.free();
    this.brokerProxy = TcpProxy.start(proxyPort, proxied);
    this.storeProxy =
        StoreProxy.start(0, URI.create("http://127.0.0.1:" + ports.s3()), options.seed());
    this.cluster =
        Cluster.in(
            options.data(),
            new Cluster.Settings(
                installation,
                ports,
                flink(options.missing()),
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
    // Faults come every few seconds here: a back-off that grows for minutes would only wait.
    flink.put("restart-strategy.exponential-delay.initial-backoff", "200 ms");
    flink.put("restart-strategy.exponential-delay.max-backoff", "1 s");
    flink.put("restart-strategy.exponential-delay.reset-backoff-threshold", "10 s");
    flink.put("env.java.opts.all", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1");
    return flink;
  }

  /** The job reaches the broker by a listener of its own, whose address is the proxy's. */
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

  /** Runs everything and reports. */
  ChaosReport run() {
    ChaosReport report;
    progress.accept("Starting the cluster in " + options.data());
    cluster.up(progress);
    String job = cluster.submit(JobKind.BOTH, 2, From.NEWEST, jobOptions(), progress);
    cluster.awaitRunning(job, RECOVERY_PATIENCE);
    RelookConnection relook = new RelookConnection(cluster.clientSettings());
    try (Leader following = cluster.leader();
        StoreCheck store =
            StoreCheck.open(cluster.storeEndpoint(), cluster.layout().credentials())) {
      leader = following;
      Recorder[] self = new Recorder[1];
      try (Recorder recorder = new Recorder(guarantees, model -> store.check(model, self[0]));
          Load load =
              new Load(
                  cluster.bootstrapServers(),
                  IMAGE_PARTITIONS,
                  Cluster.MODELS_BUCKET,
                  options.seed(),
                  recorder)) {
        self[0] = recorder;
        recorder.start(relook);
        Thread supervisor = supervise();
        progress.accept("Sending images and commands");
        load.start(options.pace());
        harm(recorder);
        heal();
        settle(recorder, load, store, supervisor, relook);
        report = report(recorder, load);
      }
    } finally {
      leader = null;
    }
    return report;
  }

  // --- faults ------------------------------------------------------------------------------------

  private void harm(Recorder recorder) {
    FaultScript script = new FaultScript(options.seed());
    long end = started + options.time().toNanos();
    int counted = 0;
    boolean quietBefore = true;
    while (System.nanoTime() < end && (options.faults() == 0 || counted < options.faults())) {
      FaultScript.Step step = script.next();
      InFlight inFlight = awaitInFlight(recorder);
      Instant at = Instant.now();
      recorder.watch(at);
      String what = inject(step);
      boolean recovered = true;
      if (step.awaitRecovery()) {
        recovered = recorder.awaitOutput(at, RECOVERY_PATIENCE);
        if (!recovered) {
          troubles.add(
              "After fault %d, %s, nothing was committed for %d s."
                  .formatted(faults.size() + 1, what, RECOVERY_PATIENCE.toSeconds()));
        }
      }
      Fault fault =
          new Fault(
              faults.size() + 1,
              step.kind(),
              what,
              at,
              inFlight,
              quietBefore && step.awaitRecovery(),
              recorder.untilOutput(Recorder.Pipeline.CONTROL, at),
              recorder.untilOutput(Recorder.Pipeline.DATA, at));
      faults.add(fault);
      if (fault.counts()) {
        counted++;
      }
      progress.accept(
          "%4d %s%s: %s%s"
              .formatted(
                  fault.number(),
                  what,
                  fault.counts() ? "" : " (does not count)",
                  inFlight,
                  step.awaitRecovery()
                      ? recovered
                          ? ", output after %.1f s and %.1f s"
                              .formatted(seconds(fault.control()), seconds(fault.data()))
                          : ", NO OUTPUT"
                      : ", the next fault comes at once"));
      quietBefore = step.awaitRecovery() && recovered;
      sleep(step.pause());
    }
  }

  private static double seconds(Optional<Duration> duration) {
    return duration.map(d -> d.toMillis() / 1000.0).orElse(Double.NaN);
  }

  /** Waits a little until something is under way, and says what it is. */
  private InFlight awaitInFlight(Recorder recorder) {
    InFlight now = inFlight(recorder);
    for (int i = 0; i < 40 && !now.counts(); i++) {
      sleep(Duration.ofMillis(250));
      now = inFlight(recorder);
    }
    return now;
  }

  private InFlight inFlight(Recorder recorder) {
    return new InFlight(recorder.trainings(), uncommitted(), recorder.unanswered());
  }

  /** Records between the last stable offset and the end, on all topics that the job writes. */
  private long uncommitted() {
    try (Admin admin = admin()) {
      Map<TopicPartition, OffsetSpec> ends = outputs();
      var all =
          admin.listOffsets(ends, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED)).all();
      var committed =
          admin.listOffsets(ends, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all();
      long open = 0;
      var ending = all.get(ASK_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      var stable = committed.get(ASK_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      for (TopicPartition partition : ends.keySet()) {
        var end = ending.get(partition);
        var last = stable.get(partition);
        if (end != null && last != null) {
          open += Math.max(0, end.offset() - last.offset());
        }
      }
      return open;
    } catch (ExecutionException | TimeoutException e) {
      return 0; // the broker does not answer: nothing is proved, so nothing counts
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static Map<TopicPartition, OffsetSpec> outputs() {
    Map<TopicPartition, OffsetSpec> outputs = new HashMap<>();
    for (Topic topic :
        List.of(
            Topic.REPLIES,
            Topic.MODELS,
            Topic.PROJECTS,
            Topic.DATASETS,
            Topic.OUTCOMES,
            Topic.REJECTIONS)) {
      outputs.put(new TopicPartition(topic.name(Topic.DEFAULT_PREFIX), 0), OffsetSpec.latest());
    }
    for (int partition = 0; partition < IMAGE_PARTITIONS; partition++) {
      outputs.put(
          new TopicPartition(Topic.IMAGES.name(Topic.DEFAULT_PREFIX), partition),
          OffsetSpec.latest());
    }
    return outputs;
  }

  private Admin admin() {
    return Admin.create(
        Map.of(
            "bootstrap.servers",
            cluster.bootstrapServers(),
            "request.timeout.ms",
            "3000",
            "default.api.timeout.ms",
            "3000"));
  }

  private String inject(FaultScript.Step step) {
    String task = Cluster.TASK_MANAGERS.get(step.victim() % Cluster.TASK_MANAGERS.size());
    return switch (step.kind()) {
      case KILL_TASK_MANAGER -> kill(task);
      case KILL_LEADER -> kill(leading());
      case KILL_BROKER -> kill(Cluster.BROKER);
      case KILL_STORE -> kill(Cluster.STORE);
      case FREEZE_TASK_MANAGER -> freeze(task, step.lasts());
      case FREEZE_LEADER -> freeze(leading(), step.lasts());
      case FREEZE_BROKER -> freeze(Cluster.BROKER, step.lasts());
      case FREEZE_STORE -> freeze(Cluster.STORE, step.lasts());
      case STORE_ERRORS -> harmStore(StoreFault.ERRORS, step);
      case STORE_THROTTLED -> harmStore(StoreFault.THROTTLED, step);
      case STORE_FULL -> harmStore(StoreFault.FULL, step);
      case STORE_HALF_WRITTEN -> harmStore(StoreFault.HALF_WRITTEN, step);
      case STORE_SLOW -> harmStore(StoreFault.SLOW, step);
      case CUT_BROKER -> {
        int cut = brokerProxy.cut();
        brokerProxy.refuse(true);
        Duration refused = step.lasts().dividedBy(3);
        sleep(refused);
        brokerProxy.refuse(false);
        yield "cut %d connections to the broker, refused more for %s".formatted(cut, text(refused));
      }
      case RESCALE -> rescale(step.parallelism());
    };
  }

  private String kill(String process) {
    cluster.process(process).kill();
    return "kill -9 " + process + role(process);
  }

  private static String role(String process) {
    return Cluster.JOB_MANAGERS.contains(process) ? ", which led" : "";
  }

  private String freeze(String process, Duration lasts) {
    ManagedProcess frozen = cluster.process(process);
    frozen.freeze();
    sleep(lasts);
    frozen.thaw();
    return "freeze " + process + role(process) + " for " + text(lasts);
  }

  private String harmStore(StoreFault fault, FaultScript.Step step) {
    int before = storeProxy.harmed();
    storeProxy.set(fault);
    sleep(step.lasts());
    storeProxy.set(StoreFault.NONE);
    return "%s for %s, %d requests"
        .formatted(step.kind().words(), text(step.lasts()), storeProxy.harmed() - before);
  }

  private static String text(Duration duration) {
    return "%.1f s".formatted(duration.toMillis() / 1000.0);
  }

  private String leading() {
    Leader following = leader;
    Optional<URI> address =
        following == null ? Optional.empty() : following.await(Duration.ofSeconds(30));
    return address.map(cluster::jobManagerAt).orElse(Cluster.JOB_MANAGERS.get(0));
  }

  /** Stops the job with a savepoint and starts it from there, however often that takes. */
  private String rescale(int parallelism) {
    long end = System.nanoTime() + RECOVERY_PATIENCE.toNanos();
    int attempts = 0;
    while (true) {
      attempts++;
      try {
        cluster.submit(
            JobKind.BOTH, parallelism, From.NEWEST, jobOptions(), step -> LOG.info(step));
        return "savepoint and restart with parallelism %d, %d %s"
            .formatted(parallelism, attempts, attempts == 1 ? "attempt" : "attempts");
      } catch (RelookException e) {
        LOG.info("The restart failed: {}", e.getMessage());
        if (System.nanoTime() > end) {
          troubles.add("The job could not be restarted: " + e.getMessage());
          return "savepoint and restart, which failed: " + e.getMessage();
        }
        sleep(Duration.ofSeconds(1));
      }
    }
  }

  private static void sleep(Duration duration) {
    try {
      TimeUnit.MILLISECONDS.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RelookException(RelookException.Kind.FAILED, "Stopped before the end.", e);
    }
  }

  /** Starts dead processes again, as a service manager would. */
  private Thread supervise() {
    supervising.set(true);
    Thread thread =
        new Thread(
            () -> {
              while (supervising.get()) {
                for (ManagedProcess process : cluster.processes().values()) {
                  if (supervising.get()
                      && process.wanted()
                      && process.running().isEmpty()
                      && process.start()) {
                    restarts++;
                  }
                }
                try {
                  TimeUnit.MILLISECONDS.sleep(200);
                } catch (InterruptedException e) {
                  return;
                }
              }
            },
            "supervisor");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void heal() {
    storeProxy.set(StoreFault.NONE);
    brokerProxy.refuse(false);
    cluster.processes().values().forEach(ManagedProcess::thaw);
  }

  // --- the end -----------------------------------------------------------------------------------

  private void settle(
      Recorder recorder, Load load, StoreCheck store, Thread supervisor, RelookConnection relook) {
    progress.accept("No more faults; waiting for everything to end");
    load.stop();
    if (!recorder.awaitQuiet(QUIET_PATIENCE)) {
      troubles.add(
          "After %d s without faults %d trainings have not ended and %d commands have no answer."
              .formatted(QUIET_PATIENCE.toSeconds(), recorder.trainings(), recorder.unanswered()));
    }
    progress.accept("A last model of each project");
    load.trainAll();
    recorder.awaitQuiet(QUIET_PATIENCE);
    progress.accept("Stopping the job with a savepoint");
    try {
      cluster.stopJobs(progress);
    } catch (RelookException e) {
      troubles.add("The job did not stop at the end: " + e.getMessage());
    }
    supervising.set(false);
    supervisor.interrupt();
    if (!recorder.awaitCaughtUp(Duration.ofSeconds(60))) {
      troubles.add("The consumers did not catch up.");
    }
    long end = System.nanoTime() + QUIET_PATIENCE.toNanos();
    while (!store.idle() && System.nanoTime() < end) {
      sleep(Duration.ofMillis(200));
    }
    for (Topic topic : List.of(Topic.MODELS, Topic.PROJECTS, Topic.DATASETS)) {
      latest(relook, topic)
          .forEach(
              (key, record) -> recorder.observe(new Observation.Compacted(topic, key, record)));
    }
    openTransactions().forEach(what -> recorder.observe(new Observation.Open(what)));
  }

  private static Map<String, SpecificRecord> latest(RelookConnection relook, Topic topic) {
    Map<String, SpecificRecord> latest = new TreeMap<>();
    try (TopicReader reader = relook.read(topic, TopicReader.From.BEGINNING)) {
      while (!reader.caughtUp()) {
        for (TopicReader.Message message : reader.poll(Duration.ofMillis(200))) {
          String key = message.key();
          if (key == null) {
            continue;
          }
          if (message.decoded().isPresent()) {
            latest.put(key, message.decoded().get());
          } else {
            latest.remove(key);
          }
        }
      }
    }
    return latest;
  }

  /** With all jobs stopped, whatever is not ended, and every topic whose readers are held back. */
  private List<String> openTransactions() {
    List<String> open = new ArrayList<>();
    try (Admin admin = admin()) {
      admin
          .listTransactions()
          .all()
          .get()
          .forEach(
              transaction -> {
                if (transaction.state() != TransactionState.COMPLETE_COMMIT
                    && transaction.state() != TransactionState.COMPLETE_ABORT
                    && transaction.state() != TransactionState.EMPTY) {
                  open.add(
                      "The transaction %s is %s."
                          .formatted(transaction.transactionalId(), transaction.state()));
                }
              });
    } catch (ExecutionException e) {
      open.add("The broker could not be asked for its transactions: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    long held = uncommitted();
    if (held > 0) {
      open.add(held + " records are held back from readers of committed records.");
    }
    return open;
  }

  private ChaosReport report(Recorder recorder, Load load) {
    List<ChaosReport.Held> held = new ArrayList<>();
    for (Guarantee guarantee : guarantees) {
      held.add(
          new ChaosReport.Held(guarantee.sentence(), guarantee.checked(), guarantee.violations()));
    }
    if (load.failed() > 0) {
      troubles.add(load.failed() + " messages were never acknowledged; they are not counted.");
    }
    return new ChaosReport(
        options.seed(),
        Duration.ofNanos(System.nanoTime() - started),
        List.copyOf(faults),
        held,
        List.copyOf(troubles),
        restarts,
        recorder.announced(),
        recorder.observations());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      supervising.set(false);
      heal();
      cluster.kill();
      brokerProxy.close();
      storeProxy.close();
    }
  }
}

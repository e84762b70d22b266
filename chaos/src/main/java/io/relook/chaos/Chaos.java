package io.relook.chaos;

import io.relook.chaos.guarantee.Guarantee;
import io.relook.chaos.guarantee.ImagesTakenOnce;
import io.relook.chaos.guarantee.Observation;
import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.TopicReader;
import io.relook.cluster.Cluster;
import io.relook.cluster.Installation;
import io.relook.cluster.Leader;
import io.relook.schemas.Topic;
import io.relook.wire.ModelMetadata;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Runs the suite once: load, faults, a quiet end, and the guarantees. */
final class Chaos implements AutoCloseable {
  private static final Duration RECOVERY_PATIENCE = Duration.ofMinutes(5);
  private static final Duration QUIET_PATIENCE = Duration.ofMinutes(8);

  private final Options options;
  private final Consumer<String> progress;
  private final long started = System.nanoTime();
  private final List<Guarantee> guarantees = Guarantee.all();
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();
  private final HarmedCluster harmed;
  private final Cluster cluster;
  private final BrokerWatch broker;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable Supervisor supervisor;

  /**
   * What to run.
   *
   * @param faults the run ends when this many faults counted; 0 for no limit but the time
   * @param missing after how long without a sign of life a process counts as dead
   */
  record Options(
      Path data, long seed, Duration time, int faults, Duration missing, Load.Pace pace) {}

  Chaos(Options options, Installation installation, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
    this.harmed =
        new HarmedCluster(options.data(), options.seed(), options.missing(), installation);
    this.cluster = harmed.cluster();
    this.broker = new BrokerWatch(cluster.bootstrapServers(), HarmedCluster.IMAGE_PARTITIONS);
  }

  /** Runs everything and reports. */
  ChaosReport run() {
    progress.accept("Starting the cluster in " + options.data());
    cluster.up(progress);
    String job = harmed.submit(2, progress);
    cluster.jobs().awaitRunning(job, RECOVERY_PATIENCE);
    RelookConnection relook = new RelookConnection(cluster.clientSettings());
    try (Leader leader = cluster.leader();
        StoreCheck store =
            StoreCheck.open(cluster.storeEndpoint(), cluster.layout().credentials());
        Factory factory =
            Factory.open(
                cluster.storeEndpoint(), StoreCheck.credentials(cluster.layout().credentials()))) {
      Recorder[] self = new Recorder[1];
      try (Recorder recorder = new Recorder(guarantees, model -> store.check(model, self[0]));
          Load load =
              new Load(
                  cluster.bootstrapServers(),
                  HarmedCluster.IMAGE_PARTITIONS,
                  Cluster.MODELS_BUCKET,
                  factory,
                  options.seed(),
                  recorder)) {
        self[0] = recorder;
        recorder.start(relook);
        supervisor = Supervisor.start(cluster);
        progress.accept("Sending images and commands");
        load.start(options.pace());
        FaultInjector injector =
            new FaultInjector(harmed, leader, load, RECOVERY_PATIENCE, troubles::add);
        injectFaults(injector, recorder);
        harmed.heal();
        settle(recorder, load, store);
        observeTheEnd(recorder, relook);
        return report(recorder, load);
      }
    }
  }

  private void injectFaults(FaultInjector injector, Recorder recorder) {
    FaultScript script = new FaultScript(options.seed());
    long end = started + options.time().toNanos();
    int counted = 0;
    boolean quietBefore = true;
    while (System.nanoTime() < end && (options.faults() == 0 || counted < options.faults())) {
      FaultScript.Step step = script.next();
      InFlight inFlight = awaitInFlight(recorder);
      Instant at = Instant.now();
      recorder.watch(at);
      String what = injector.inject(step);
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
              new Fault.Recovery(
                  recorder.untilOutput(Recorder.Pipeline.CONTROL, at),
                  recorder.untilOutput(Recorder.Pipeline.DATA, at)));
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
                              .formatted(
                                  seconds(fault.recovery().control()),
                                  seconds(fault.recovery().data()))
                          : ", NO OUTPUT"
                      : ", the next fault follows immediately"));
      quietBefore = step.awaitRecovery() && recovered;
      Pause.of(step.pause());
    }
  }

  private static double seconds(Optional<Duration> duration) {
    return duration.map(d -> d.toMillis() / 1000.0).orElse(Double.NaN);
  }

  /** Waits a little until something is in flight, and answers what it is. */
  private InFlight awaitInFlight(Recorder recorder) {
    InFlight now = inFlight(recorder);
    for (int i = 0; i < 40 && !now.counts(); i++) {
      Pause.of(Duration.ofMillis(250));
      now = inFlight(recorder);
    }
    return now;
  }

  private InFlight inFlight(Recorder recorder) {
    return new InFlight(recorder.trainings(), broker.uncommitted(), recorder.unanswered());
  }

  /** Waits until everything that was started has ended, and stops the job. */
  private void settle(Recorder recorder, Load load, StoreCheck store) {
    progress.accept("No more faults; waiting for trainings and answers");
    load.stop();
    awaitQuiet(recorder);
    progress.accept("A last model of each project");
    trainOnAll(recorder, load);
    progress.accept("Stopping the job with a savepoint");
    try {
      cluster.jobs().stopAll(progress);
    } catch (RelookException e) {
      troubles.add("The job did not stop at the end: " + e.getMessage());
    }
    stopSupervisor();
    if (!recorder.awaitCaughtUp(Duration.ofSeconds(60))) {
      troubles.add("The consumers did not catch up.");
    }
    long end = System.nanoTime() + QUIET_PATIENCE.toNanos();
    while (!store.idle() && System.nanoTime() < end) {
      Pause.of(Duration.ofMillis(200));
    }
  }

  private void awaitQuiet(Recorder recorder) {
    if (!recorder.awaitQuiet(QUIET_PATIENCE)) {
      troubles.add(
          "After %d s without faults %d trainings have not ended and %d commands have no answer."
              .formatted(QUIET_PATIENCE.toSeconds(), recorder.trainings(), recorder.unanswered()));
    }
  }

  /** Trains until no image is left out: those that could not be read are tried again by then. */
  private void trainOnAll(Recorder recorder, Load load) {
    long end = System.nanoTime() + QUIET_PATIENCE.toNanos();
    List<String> leftOut = List.of();
    for (int round = 0; round == 0 || !leftOut.isEmpty() && System.nanoTime() < end; round++) {
      if (round > 0) {
        Pause.of(Duration.ofSeconds(5));
      }
      Set<String> last = load.trainAll(round);
      awaitQuiet(recorder);
      leftOut =
          recorder.trained().stream()
              .filter(model -> last.contains(model.getModelArn()))
              .filter(model -> ImagesTakenOnce.leftOut(model) > 0)
              .map(ModelMetadata::getModelArn)
              .toList();
    }
    if (!leftOut.isEmpty()) {
      troubles.add("Images were still unavailable at the end, for " + leftOut + ".");
    }
  }

  /** Adds what only the end of a run shows: compacted topics and open transactions. */
  private void observeTheEnd(Recorder recorder, RelookConnection relook) {
    for (Topic topic : List.of(Topic.MODELS, Topic.PROJECTS, Topic.DATASETS)) {
      latest(relook, topic)
          .forEach(
              (key, record) -> recorder.observe(new Observation.Compacted(topic, key, record)));
    }
    broker.openTransactions().forEach(what -> recorder.observe(new Observation.Open(what)));
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
        new ChaosReport.Totals(restarts(), recorder.started(), recorder.observations()));
  }

  private int restarts() {
    Supervisor supervising = supervisor;
    return supervising == null ? 0 : supervising.restarts();
  }

  private void stopSupervisor() {
    Supervisor supervising = supervisor;
    if (supervising != null) {
      supervising.close();
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      stopSupervisor();
      harmed.close();
    }
  }
}

package io.relook.chaos;

import io.relook.client.RelookException;
import io.relook.cluster.Cluster;
import io.relook.cluster.Leader;
import io.relook.cluster.ManagedProcess;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Injects the faults of a script into a cluster. */
final class FaultInjector {
  private static final Logger LOG = LoggerFactory.getLogger(FaultInjector.class);
  private static final Duration LEADER_PATIENCE = Duration.ofSeconds(30);

  private final HarmedCluster harmed;
  private final Leader leader;
  private final Duration restartPatience;
  private final Consumer<String> troubles;
  private final Load load;

  /** By then a small manifest is read and its first images are not. */
  private static final Duration IMPORT_BEGINS = Duration.ofMillis(700);

  /**
   * @param restartPatience how long a restart of the job is tried
   * @param load sends what faults are about
   * @param troubles receives a sentence for each restart that failed
   */
  FaultInjector(
      HarmedCluster harmed,
      Leader leader,
      Load load,
      Duration restartPatience,
      Consumer<String> troubles) {
    this.harmed = harmed;
    this.load = load;
    this.leader = leader;
    this.restartPatience = restartPatience;
    this.troubles = troubles;
  }

  /** Injects one fault, returns when it is over, and says what was done. */
  String inject(FaultScript.Step step) {
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
      case OBJECT_FAILS_FOR_EVER -> {
        boolean forbidden = step.victim() % 2 == 0;
        String key =
            load.sendCursed(
                cursed ->
                    harmed
                        .storeProxy()
                        .refuse(
                            "/" + Factory.BUCKET + "/" + cursed,
                            forbidden ? StoreProxy.Refusal.FORBIDDEN : StoreProxy.Refusal.ERROR));
        yield "%s of one object, %s, to the end".formatted(forbidden ? "403" : "500", key);
      }
      case BUCKET_UNAVAILABLE -> refuse(Factory.BUCKET, StoreProxy.Refusal.UNAVAILABLE, step);
      case GRANT_REVOKED -> {
        load.importManifest();
        // The manifest is read before; its images are not.
        Pause.of(IMPORT_BEGINS);
        yield refuse(Factory.BUCKET, StoreProxy.Refusal.FORBIDDEN, step) + ", during an import";
      }
      case OWN_BUCKET_READ_ONLY -> refuse(Cluster.OWN_BUCKET, StoreProxy.Refusal.READ_ONLY, step);
      case OWN_BUCKET_THROTTLED -> refuse(Cluster.OWN_BUCKET, StoreProxy.Refusal.SLOW_DOWN, step);
      case CUT_BROKER -> {
        int cut = harmed.brokerProxy().cut();
        harmed.brokerProxy().refuse(true);
        Duration refused = step.lasts().dividedBy(3);
        Pause.of(refused);
        harmed.brokerProxy().refuse(false);
        yield "cut %d connections to the broker, refused new ones for %s"
            .formatted(cut, text(refused));
      }
      case FORGED_MARKERS ->
          "%d forged cut markers".formatted(harmed.hostileClient().forgeMarkers(step.victim()));
      case NONSENSE ->
          "%d messages of nonsense in %s"
              .formatted(
                  harmed.hostileClient().sendNonsense(step.victim(), step.lasts()),
                  text(step.lasts()));
      case RESCALE -> rescale(step.parallelism());
    };
  }

  private String kill(String process) {
    harmed.cluster().process(process).kill();
    return "kill -9 " + process + role(process);
  }

  private static String role(String process) {
    return Cluster.JOB_MANAGERS.contains(process) ? ", which led" : "";
  }

  private String freeze(String process, Duration lasts) {
    ManagedProcess frozen = harmed.cluster().process(process);
    frozen.freeze();
    Pause.of(lasts);
    frozen.thaw();
    return "freeze " + process + role(process) + " for " + text(lasts);
  }

  private String harmStore(StoreFault fault, FaultScript.Step step) {
    int before = harmed.storeProxy().harmed();
    harmed.storeProxy().set(fault);
    Pause.of(step.lasts());
    harmed.storeProxy().set(StoreFault.NONE);
    return "%s for %s, %d requests"
        .formatted(step.kind().words(), text(step.lasts()), harmed.storeProxy().harmed() - before);
  }

  private String refuse(String bucket, StoreProxy.Refusal refusal, FaultScript.Step step) {
    int before = harmed.storeProxy().harmed();
    harmed.storeProxy().refuse("/" + bucket + "/", refusal);
    Pause.of(step.lasts());
    harmed.storeProxy().permit("/" + bucket + "/");
    return "%s for %s, %d requests"
        .formatted(step.kind().words(), text(step.lasts()), harmed.storeProxy().harmed() - before);
  }

  private static String text(Duration duration) {
    return "%.1f s".formatted(duration.toMillis() / 1000.0);
  }

  private String leading() {
    return leader
        .await(LEADER_PATIENCE)
        .map(harmed.cluster()::jobManagerAt)
        .orElse(Cluster.JOB_MANAGERS.get(0));
  }

  /** Stops the job with a savepoint and starts it from there, however often that takes. */
  private String rescale(int parallelism) {
    long end = System.nanoTime() + restartPatience.toNanos();
    int attempts = 0;
    while (true) {
      attempts++;
      try {
        harmed.submit(parallelism, step -> LOG.info(step));
        return "savepoint and restart with parallelism %d, %d %s"
            .formatted(parallelism, attempts, attempts == 1 ? "attempt" : "attempts");
      } catch (RelookException e) {
        LOG.info("The restart failed: {}", e.getMessage());
        if (System.nanoTime() > end) {
          troubles.accept("The job could not be restarted: " + e.getMessage());
          return "savepoint and restart, which failed: " + e.getMessage();
        }
        Pause.of(Duration.ofSeconds(1));
      }
    }
  }
}

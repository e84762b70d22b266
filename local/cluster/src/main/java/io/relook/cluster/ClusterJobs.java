package io.relook.cluster;

import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.embedded.EmbeddedS3;
import io.relook.embedded.StateDirectory;
import io.relook.schemas.signing.KeyFiles;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Starts, saves and stops relook's jobs on a cluster. */
public final class ClusterJobs {
  private static final Duration LEADER_PATIENCE = Duration.ofSeconds(90);
  private static final Duration SAVEPOINT_PATIENCE = Duration.ofMinutes(3);

  private final Cluster cluster;
  private final Cluster.Settings settings;

  ClusterJobs(Cluster cluster, Cluster.Settings settings) {
    this.cluster = cluster;
    this.settings = settings;
  }

  /**
   * From which state a job starts.
   *
   * @param path a savepoint or retained checkpoint; empty for the newest of the job's own
   * @param fresh with empty state, although there are models: the job then needs other output
   *     topics
   * @param allowNonRestored whether state without an operator may be dropped, as when one job
   *     becomes two
   */
  public record From(Optional<String> path, boolean fresh, boolean allowNonRestored) {
    /** From the newest complete checkpoint or savepoint. */
    public static final From NEWEST = new From(Optional.empty(), false, false);
  }

  /**
   * The jobs, through the REST API of the job manager that leads now.
   *
   * @throws RelookException when none leads
   */
  static FlinkJobs at(Leader leader) {
    return new FlinkJobs(
        leader
            .await(LEADER_PATIENCE)
            .orElseThrow(
                () ->
                    new RelookException(
                        Kind.UNREACHABLE,
                        "No job manager leads: see ./relook cluster status, and start what is dead"
                            + " with ./relook cluster up.")));
  }

  /**
   * Starts a job. One of its kind that runs is stopped with a savepoint first, from which the new
   * one continues: so this also upgrades and rescales.
   *
   * @param options of the job, as {@code --key value}; they win over those made here
   * @return the new job's id
   */
  public String submit(
      JobKind kind, int parallelism, From from, List<String> options, Consumer<String> progress) {
    try (Leader leader = cluster.leader()) {
      FlinkJobs jobs = at(leader);
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
              from.allowNonRestored(),
              state(kind)));
    }
  }

  /** Whether both would read the same topics and write under the same transactional ids. */
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
                settings.jobServers().orElse(cluster.bootstrapServers()),
                "--s3.endpoint",
                settings.jobStore().orElse(cluster.storeEndpoint()).toString(),
                "--s3.region",
                EmbeddedS3.DEFAULT_REGION,
                "--s3.path-style-access",
                "true",
                "--s3.bucket",
                Cluster.OWN_BUCKET));
    KeyFiles.localOptions(cluster.layout().markers())
        .forEach((key, value) -> options.addAll(List.of("--" + key, value)));
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
    return state(kind).newest().map(metadata -> metadata.replaceFirst("/_metadata$", ""));
  }

  private StateDirectory state(JobKind kind) {
    return new StateDirectory(cluster.layout().jobState(kind.jobName()));
  }

  /**
   * Waits until a job has enough complete checkpoints of its own, then removes those of its former
   * runs and the savepoint from which it was restored.
   *
   * @return whether there were enough checkpoints within the time; if not, all is kept
   */
  public boolean removeFormerState(JobKind kind, String job, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < deadline) {
      try (Leader leader = cluster.leader()) {
        FlinkJobs jobs = at(leader);
        boolean enough =
            jobs.newestCheckpoint(job)
                .filter(newest -> newest.completed() >= StateDirectory.CHECKPOINTS_BEFORE_REMOVAL)
                .isPresent();
        if (enough) {
          state(kind).removeFormer(job, jobs.restoredFrom(job));
          return true;
        }
      } catch (RelookException e) {
        if (e.kind() != Kind.UNREACHABLE) {
          throw e;
        }
      }
      FlinkJobs.pause();
    }
    return false;
  }

  /**
   * Waits until all tasks of a job run and it has completed a checkpoint since.
   *
   * @throws RelookException when it does not, with its last state
   */
  public void awaitRunning(String job, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    String seen = "its state is unknown";
    while (System.nanoTime() < deadline) {
      try (Leader leader = cluster.leader()) {
        FlinkJobs jobs = at(leader);
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

  /** Takes a savepoint of each running job, and answers the paths by the jobs' names. */
  public Map<String, String> savepoints() {
    Map<String, String> saved = new LinkedHashMap<>();
    try (Leader leader = cluster.leader()) {
      FlinkJobs jobs = at(leader);
      for (FlinkJobs.Job job : jobs.active()) {
        saved.put(job.name(), jobs.savepoint(job.id(), savepointsOf(job), SAVEPOINT_PATIENCE));
      }
    }
    return saved;
  }

  private URI savepointsOf(FlinkJobs.Job job) {
    return new StateDirectory(cluster.layout().jobState(job.name())).savepoints();
  }

  /** Stops all jobs, each with a savepoint. */
  public void stopAll(Consumer<String> progress) {
    try (Leader leader = cluster.leader()) {
      FlinkJobs jobs = at(leader);
      for (FlinkJobs.Job job : jobs.active()) {
        stop(jobs, job, progress);
      }
    }
  }

  private void stop(FlinkJobs jobs, FlinkJobs.Job job, Consumer<String> progress) {
    progress.accept("Stopping " + job.name() + " with a savepoint");
    String savepoint = jobs.stopWithSavepoint(job.id(), savepointsOf(job), SAVEPOINT_PATIENCE);
    progress.accept("Stopped; savepoint " + savepoint);
  }
}

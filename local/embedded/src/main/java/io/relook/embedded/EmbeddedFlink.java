package io.relook.embedded;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * A Flink cluster in this JVM, with its web UI on 127.0.0.1. Checkpoints and savepoints are in the
 * data directory; a job that is submitted again resumes from the newest complete one.
 */
public final class EmbeddedFlink implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String LOOPBACK = "127.0.0.1";

  private final Settings settings;
  private final MiniCluster cluster;
  private final Configuration configuration;

  /**
   * How to start the cluster.
   *
   * @param dataDirectory absolute directory for checkpoints and savepoints
   * @param uiPort port of the web UI and REST API; 0 takes a free one
   * @param stateBackend {@code hashmap} or {@code rocksdb}
   */
  public record Settings(
      Path dataDirectory,
      int taskManagers,
      int slotsPerTaskManager,
      int uiPort,
      Duration checkpointInterval,
      String stateBackend) {

    /** One task manager with two slots, a checkpoint every 200 ms, state on the heap. */
    public static Settings in(Path dataDirectory) {
      return new Settings(dataDirectory, 1, 2, 0, Duration.ofMillis(200), "hashmap");
    }

    public Settings withTaskManagers(int count, int slots) {
      return new Settings(dataDirectory, count, slots, uiPort, checkpointInterval, stateBackend);
    }

    public Settings withUiPort(int port) {
      return new Settings(
          dataDirectory, taskManagers, slotsPerTaskManager, port, checkpointInterval, stateBackend);
    }

    public Settings withStateBackend(String backend) {
      return new Settings(
          dataDirectory, taskManagers, slotsPerTaskManager, uiPort, checkpointInterval, backend);
    }
  }

  private EmbeddedFlink(Settings settings, MiniCluster cluster, Configuration configuration) {
    this.settings = settings;
    this.cluster = cluster;
    this.configuration = configuration;
  }

  /**
   * Starts a cluster.
   *
   * @throws StartFailedException when it does not start, for instance because the port is taken
   */
  public static EmbeddedFlink start(Settings settings) {
    Configuration configuration = configuration(settings);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(settings.taskManagers())
                .setNumSlotsPerTaskManager(settings.slotsPerTaskManager())
                .build());
    try {
      cluster.start();
    } catch (Exception e) {
      throw new StartFailedException(
          "Flink does not start: "
              + e.getMessage()
              + ". Check that port "
              + settings.uiPort()
              + " of 127.0.0.1 is free.",
          e);
    }
    return new EmbeddedFlink(settings, cluster, configuration);
  }

  private static Configuration configuration(Settings settings) {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, LOOPBACK);
    configuration.set(RestOptions.BIND_ADDRESS, LOOPBACK);
    configuration.set(RestOptions.BIND_PORT, Integer.toString(settings.uiPort()));
    configuration.set(JobManagerOptions.ADDRESS, LOOPBACK);
    configuration.set(JobManagerOptions.BIND_HOST, LOOPBACK);
    configuration.set(TaskManagerOptions.HOST, LOOPBACK);
    configuration.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
    configuration.set(TaskManagerOptions.BUFFER_DEBLOAT_ENABLED, true);
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, settings.checkpointInterval());
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        new StateDirectory(settings.dataDirectory()).checkpoints().toString());
    configuration.set(
        CheckpointingOptions.SAVEPOINT_DIRECTORY,
        new StateDirectory(settings.dataDirectory()).savepoints().toString());
    configuration.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, Duration.ofMillis(500));
    configuration.set(StateBackendOptions.STATE_BACKEND, settings.stateBackend());
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofMillis(200));
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(10));
    return configuration;
  }

  /**
   * An environment to build a job for this cluster.
   *
   * @param restorePath checkpoint or savepoint to start from; the job leaves it as it is
   */
  public StreamExecutionEnvironment environment(int parallelism, Optional<String> restorePath) {
    Configuration job = new Configuration(configuration);
    restorePath.ifPresent(
        path -> {
          job.set(StateRecoveryOptions.SAVEPOINT_PATH, path);
          job.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.NO_CLAIM);
        });
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(job);
    env.setParallelism(parallelism);
    return env;
  }

  /** Submits the job that was built in an environment of this cluster. */
  public JobID submit(StreamExecutionEnvironment env, String name) {
    StreamGraph graph = env.getStreamGraph();
    graph.setJobName(name);
    JobGraph job = graph.getJobGraph();
    job.setSavepointRestoreSettings(
        SavepointRestoreSettings.fromConfiguration(env.getConfiguration()));
    return join(cluster.submitJob(job)).getJobID();
  }

  /** The newest complete checkpoint or savepoint in the data directory. */
  public Optional<String> newestState() {
    return state().newest();
  }

  /** The directory of savepoints. */
  public String savepointDirectory() {
    return state().savepoints().toString();
  }

  /** The directory of checkpoints and savepoints. */
  public StateDirectory state() {
    return new StateDirectory(settings.dataDirectory());
  }

  /** Complete checkpoints of a job since it was submitted. */
  public long completedCheckpoints(JobID job) {
    CheckpointStatsSnapshot checkpoints =
        join(cluster.getExecutionGraph(job)).getCheckpointStatsSnapshot();
    return checkpoints == null ? 0 : checkpoints.getCounts().getNumberOfCompletedCheckpoints();
  }

  /**
   * Stops a job with a savepoint, so that no transaction stays open, and answers the savepoint's
   * path.
   */
  public String stopWithSavepoint(JobID job) {
    return join(
        cluster.stopWithSavepoint(job, savepointDirectory(), false, SavepointFormatType.CANONICAL));
  }

  /** Cancels a job without a savepoint. */
  public void cancel(JobID job) {
    join(cluster.cancelJob(job));
  }

  public JobStatus status(JobID job) {
    return join(cluster.getJobStatus(job));
  }

  /** Why the job has failed, if it has. */
  public Optional<String> failure(JobID job) {
    return Optional.ofNullable(join(cluster.getExecutionGraph(job)).getFailureInfo())
        .map(failure -> failure.getExceptionAsString());
  }

  /** Ends a task manager as {@code kill -9} of its process would. */
  public void terminateTaskManager(int index) {
    join(cluster.terminateTaskManager(index));
  }

  /** Starts one more task manager. */
  public void startTaskManager() {
    try {
      cluster.startTaskManager();
    } catch (Exception e) {
      throw new IllegalStateException("The task manager does not start", e);
    }
  }

  /** The cluster itself, for tests that need more than this class offers. */
  public MiniCluster cluster() {
    return cluster;
  }

  /** Address of the web UI and REST API. */
  public URI webUi() {
    return join(cluster.getRestAddress());
  }

  @Override
  public void close() {
    try {
      cluster.close();
    } catch (Exception e) {
      throw new IllegalStateException("Flink does not stop", e);
    }
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for Flink", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "Flink answered with an error: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("Flink does not answer within " + PATIENCE, e);
    }
  }
}

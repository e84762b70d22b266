package io.relook.job;

import io.relook.job.kafka.Preflight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.highavailability.HighAvailabilityServicesUtils;
import org.apache.flink.runtime.jobmanager.HighAvailabilityMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Entry point of the Flink job: options → checks → graph → execution. */
public final class TrainerJob {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerJob.class);

  /** Name shown by Flink. */
  public static final String NAME = "relook";

  private static final Duration DEFAULT_CHECKPOINT_INTERVAL = Duration.ofSeconds(1);

  /** First part of the names under which Flink keeps pointers to completed checkpoints. */
  private static final String COMPLETED_CHECKPOINT = "completedCheckpoint";

  private TrainerJob() {}

  /**
   * Runs the job.
   *
   * @param args options as {@code --key value} or {@code --key=value}
   */
  public static void main(String[] args) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    Map<String, String> options = options(args);
    build(env, options);
    env.execute(name(JobConfig.from(options).pipelines()));
  }

  /** Name of the job. It tells the two pipelines apart when each runs in its own job. */
  static String name(JobConfig.Pipelines pipelines) {
    return switch (pipelines) {
      case BOTH -> NAME;
      case CONTROL -> NAME + "-control";
      case DATA -> NAME + "-data";
    };
  }

  /** The newest may be damaged by the failure after which it is needed. */
  private static final int RETAINED_CHECKPOINTS = 3;

  /**
   * Checks options, topics and brokers, and adds the graph to an environment.
   *
   * @throws IllegalArgumentException when an option is unknown or breaks a rule
   * @throws IllegalStateException when a topic or the broker is not as the job needs it; the
   *     message says what to change
   */
  public static void build(StreamExecutionEnvironment env, Map<String, String> options) {
    JobConfig config = JobConfig.from(options);
    LOG.info(
        "relook {} on Java {} with options\n{}",
        version(),
        Runtime.version(),
        JobConfig.effective(options));
    configure(env);
    Preflight.Found topics =
        Preflight.check(config.kafka(), config.start().fresh(), restores(env.getConfiguration()));
    TrainingPipeline pipeline = new TrainingPipeline(new Connections(config, topics));
    if (config.pipelines().control()) {
      pipeline.buildControl(env);
    }
    if (config.pipelines().data()) {
      pipeline.buildData(env);
    }
  }

  /**
   * Whether the job will continue from a checkpoint or savepoint.
   *
   * <p>In application mode with high availability Flink runs this program again in every new job
   * manager, with the options of the first start, and then restores the job from the checkpoint
   * that its high-availability store points at. The job has a fixed id only in that mode.
   */
  static boolean restores(ReadableConfig settings) {
    if (settings.getOptional(StateRecoveryOptions.SAVEPOINT_PATH).isPresent()) {
      return true;
    }
    Configuration cluster = Configuration.fromMap(settings.toMap());
    if (!HighAvailabilityMode.isHighAvailabilityModeActivated(cluster)
        || cluster.getOptional(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID).isEmpty()) {
      return false;
    }
    Path store = HighAvailabilityServicesUtils.getClusterHighAvailableStoragePath(cluster);
    try {
      FileSystem files = store.getFileSystem();
      if (!files.exists(store)) {
        return false;
      }
      for (FileStatus file : files.listStatus(store)) {
        if (file.getPath().getName().startsWith(COMPLETED_CHECKPOINT)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("The high-availability store " + store + " cannot be read", e);
    }
  }

  /** Sets what the guarantees of the job need, and defaults for settings that are not given. */
  static void configure(StreamExecutionEnvironment env) {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    // Rescaling from an unaligned checkpoint under back-pressure declines checkpoints until the
    // restored in-flight data is consumed, and leaves a transaction open for each.
    settings.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
    ReadableConfig given = env.getConfiguration();
    Duration interval =
        given
            .getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL)
            .orElse(DEFAULT_CHECKPOINT_INTERVAL);
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
    // A full checkpoint writes all state each time, so answers would wait for what was ever sent.
    setUnlessGiven(settings, given, CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    // A checkpoint that takes longer than the interval must not be followed by the next at once.
    setUnlessGiven(
        settings, given, CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, interval.dividedBy(2));
    setUnlessGiven(
        settings, given, CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, RETAINED_CHECKPOINTS);
    setUnlessGiven(
        settings,
        given,
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    env.configure(settings);
  }

  private static <T> void setUnlessGiven(
      Configuration settings, ReadableConfig given, ConfigOption<T> option, T value) {
    if (given.getOptional(option).isEmpty()) {
      settings.set(option, value);
    }
  }

  /**
   * Reads options from arguments.
   *
   * @throws IllegalArgumentException for an argument that is not an option, or an option without a
   *     value
   */
  static Map<String, String> options(String[] args) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < args.length; i++) {
      String argument = args[i];
      if (!argument.startsWith("--") || argument.length() == 2) {
        throw new IllegalArgumentException(
            "The argument " + argument + " is not an option: write --key value or --key=value.");
      }
      int equals = argument.indexOf('=');
      if (equals > 0) {
        options.put(argument.substring(2, equals), argument.substring(equals + 1));
      } else if (i + 1 < args.length) {
        i++;
        options.put(argument.substring(2), args[i]);
      } else {
        throw new IllegalArgumentException(
            "The option " + argument + " has no value: write --key value or --key=value.");
      }
    }
    return options;
  }

  static String version() {
    String version = TrainerJob.class.getPackage().getImplementationVersion();
    return version == null ? "(development build)" : version;
  }
}

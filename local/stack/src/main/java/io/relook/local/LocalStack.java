package io.relook.local;

import io.relook.client.RelookConnection;
import io.relook.client.RelookException;
import io.relook.client.RelookException.Kind;
import io.relook.client.RelookSettings;
import io.relook.client.Setting;
import io.relook.embedded.EmbeddedFlink;
import io.relook.embedded.EmbeddedKafka;
import io.relook.embedded.EmbeddedS3;
import io.relook.embedded.StartFailedException;
import io.relook.embedded.StateDirectory;
import io.relook.job.TrainerJob;
import io.relook.schemas.signing.KeyFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker, an S3 server, a Flink cluster with its web UI and the relook job, in this
 * JVM and on 127.0.0.1. One directory contains everything it keeps. Started again on it, the stack
 * continues with its topics, its objects, and the job's state from the newest checkpoint.
 */
public final class LocalStack implements AutoCloseable {

  /** relook's own bucket. */
  public static final String OWN_BUCKET = "relook";

  /** A bucket for the files of models, as a customer would have one. */
  public static final String MODELS_BUCKET = "models";

  /** The one key under which this stack's store encrypts. */
  public static final String KMS_KEY = "alias/relook";

  private static final int PARALLELISM = 2;
  private static final Logger LOG = LoggerFactory.getLogger(LocalStack.class);

  private final Path directory;
  private final EmbeddedKafka kafka;
  private final EmbeddedS3 s3;
  private final EmbeddedFlink flink;
  private final JobID job;
  private final boolean resumed;
  private final ScheduledExecutorService housekeeping =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "relook-housekeeping");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Ports on 127.0.0.1; 0 takes a free one.
   *
   * @param ui Flink's web UI
   */
  public record Ports(int kafka, int s3, int ui) {
    /** Free ports, so that any number of stacks can run at the same time. */
    public static final Ports FREE = new Ports(0, 0, 0);
  }

  private LocalStack(
      Path directory,
      EmbeddedKafka kafka,
      EmbeddedS3 s3,
      EmbeddedFlink flink,
      JobID job,
      boolean resumed) {
    this.directory = directory;
    this.kafka = kafka;
    this.s3 = s3;
    this.flink = flink;
    this.job = job;
    this.resumed = resumed;
  }

  /**
   * Starts the stack.
   *
   * @param progress receives each step
   * @throws RelookException when a part does not start, for instance because a port is in use
   */
  public static LocalStack start(Path directory, Ports ports, Consumer<String> progress) {
    Path home = directory.toAbsolutePath().normalize();
    try {
      Files.createDirectories(home);
    } catch (IOException e) {
      throw new UncheckedIOException("The directory " + home + " cannot be created", e);
    }
    Started started = new Started();
    try {
      progress.accept("Starting Kafka");
      EmbeddedKafka kafka =
          started.add(
              EmbeddedKafka.start(
                  home.resolve("kafka"), EmbeddedKafka.Settings.defaults().onPort(ports.kafka())));
      progress.accept("Starting the S3 server");
      EmbeddedS3 s3 =
          started.add(
              EmbeddedS3.start(
                  home.resolve("s3"), EmbeddedS3.Settings.defaults().onPort(ports.s3())));
      useCredentials(s3);
      s3.createBucket(OWN_BUCKET);
      s3.createBucket(MODELS_BUCKET);
      s3.createKmsKey(KMS_KEY);
      RelookSettings settings = settings(kafka, s3);
      writeFiles(home, settings, s3);
      progress.accept("Creating topics");
      new RelookConnection(settings).topics().create(Map.of(), Optional.of((short) 1));
      progress.accept("Starting Flink");
      EmbeddedFlink flink =
          started.add(
              EmbeddedFlink.start(
                  EmbeddedFlink.Settings.in(home.resolve("flink")).withUiPort(ports.ui())));
      Optional<String> state = flink.newestState();
      progress.accept(
          state.isPresent() ? "Resuming the job from its newest checkpoint" : "Starting the job");
      StreamExecutionEnvironment env = flink.environment(PARALLELISM, state);
      Map<String, String> options = new HashMap<>(jobOptions(settings));
      options.putAll(KeyFiles.localOptions(home.resolve("markers")));
      TrainerJob.build(env, options);
      JobID job = flink.submit(env, TrainerJob.NAME);
      LocalStack stack = new LocalStack(home, kafka, s3, flink, job, state.isPresent());
      state.ifPresent(stack::removeFormerState);
      return stack;
    } catch (StartFailedException e) {
      started.closeAll(e);
      throw new RelookException(Kind.FAILED, String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      started.closeAll(e);
      throw e;
    }
  }

  /** Removes what former runs left, once it is of no use any more. */
  private void removeFormerState(String restored) {
    var unused =
        housekeeping.scheduleWithFixedDelay(
            () -> {
              if (flink.completedCheckpoints(job) >= StateDirectory.CHECKPOINTS_BEFORE_REMOVAL) {
                LOG.info(
                    "Removed state of former runs: {}",
                    flink.state().removeFormer(job.toHexString(), Optional.of(restored)));
                housekeeping.shutdown();
              }
            },
            1,
            1,
            TimeUnit.SECONDS);
  }

  /** Puts the store's credentials where the job finds them: into the default provider chain. */
  private static void useCredentials(EmbeddedS3 s3) {
    System.setProperty("aws.accessKeyId", s3.accessKeyId());
    System.setProperty("aws.secretAccessKey", s3.secretAccessKey());
  }

  private static RelookSettings settings(EmbeddedKafka kafka, EmbeddedS3 s3) {
    return RelookSettings.of(kafka.bootstrapServers())
        .with(Setting.S3_ENDPOINT, s3.endpoint().toString())
        .with(Setting.S3_REGION, s3.region());
  }

  private static Map<String, String> jobOptions(RelookSettings settings) {
    return Map.of(
        "kafka.bootstrap-servers",
        settings.kafka().bootstrapServers(),
        "s3.endpoint",
        settings.store().endpoint().map(URI::toString).orElseThrow(),
        "s3.region",
        settings.store().region(),
        "s3.path-style-access",
        "true",
        "s3.bucket",
        OWN_BUCKET);
  }

  /** Writes the files with which other processes reach this stack. */
  private static void writeFiles(Path home, RelookSettings settings, EmbeddedS3 s3) {
    String config =
        """
        # Written by relook when the local stack started. Use it with --config.
        kafka.bootstrap-servers=%s
        s3.endpoint=%s
        s3.region=%s
        """
            .formatted(
                settings.kafka().bootstrapServers(),
                settings.store().endpoint().map(URI::toString).orElseThrow(),
                settings.store().region());
    String credentials =
        """
        [default]
        aws_access_key_id = %s
        aws_secret_access_key = %s
        """
            .formatted(s3.accessKeyId(), s3.secretAccessKey());
    try {
      Files.writeString(home.resolve("relook.properties"), config, StandardCharsets.UTF_8);
      Path file = home.resolve("credentials");
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, credentials, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The directory " + home + " cannot be written", e);
    }
  }

  /** How clients reach this stack. */
  public RelookSettings settings() {
    return settings(kafka, s3);
  }

  /** A properties file for {@code --config}. */
  public Path configFile() {
    return directory.resolve("relook.properties");
  }

  /** An AWS credentials file, readable by its owner alone. */
  public Path credentialsFile() {
    return directory.resolve("credentials");
  }

  public URI s3Endpoint() {
    return s3.endpoint();
  }

  public URI webUi() {
    return flink.webUi();
  }

  /** Whether the job resumed from a checkpoint. */
  public boolean resumed() {
    return resumed;
  }

  TrainingWatch trainings() {
    return new TrainingWatch(flink.webUi(), job.toHexString());
  }

  /** Stops everything, and says nothing. */
  @Override
  public void close() {
    stop(step -> {});
  }

  /**
   * Stops everything. The job ends with a savepoint, from which the next start continues. A job
   * that is restarting takes none; then the next start continues from the newest checkpoint, as
   * after a kill.
   *
   * @param progress receives each step
   */
  void stop(Consumer<String> progress) {
    progress.accept("Stopping with a savepoint");
    housekeeping.shutdownNow();
    Started started = new Started();
    started.add(kafka);
    started.add(s3);
    started.add(flink);
    try {
      flink.stopWithSavepoint(job);
    } catch (RuntimeException e) {
      LOG.warn("The job takes no savepoint", e);
      progress.accept(
          "The job takes no savepoint now: the next start continues from the newest checkpoint");
    }
    started.closeAll();
  }

  /** Running parts, closed in the opposite order. */
  private static final class Started {
    private final ArrayDeque<AutoCloseable> parts = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T part) {
      parts.push(part);
      return part;
    }

    void closeAll() {
      RuntimeException failure = new IllegalStateException("A part of the stack does not stop");
      closeAll(failure);
      if (failure.getSuppressed().length > 0) {
        throw failure;
      }
    }

    void closeAll(RuntimeException cause) {
      for (AutoCloseable part : parts) {
        try {
          part.close();
        } catch (Exception e) {
          cause.addSuppressed(e);
        }
      }
    }
  }
}

package io.relook.job.stack;

import io.relook.client.RelookConnection;
import io.relook.client.RelookSettings;
import io.relook.client.Setting;
import io.relook.embedded.EmbeddedFlink;
import io.relook.embedded.EmbeddedKafka;
import io.relook.embedded.EmbeddedS3;
import io.relook.schemas.Topic;
import io.relook.schemas.signing.KeyFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Kafka, S3 and Flink in this JVM, and the job on them. */
public final class TestStack implements AutoCloseable {
  public static final String OWN_BUCKET = "relook";
  public static final String OUTPUT_BUCKET = "models";

  /**
   * Flink's 128 are written one by one in each checkpoint, of which a test makes five a second. At
   * least the highest parallelism of a test.
   */
  private static final int KEY_GROUPS = 8;

  private final Path directory;
  private final EmbeddedKafka kafka;
  private final EmbeddedS3 s3;
  private final EmbeddedFlink flink;
  private final StackJob job;
  private final Map<String, String> options = new HashMap<>();
  private @Nullable Duration checkpointInterval;

  private TestStack(Path directory, EmbeddedKafka kafka, EmbeddedS3 s3, EmbeddedFlink flink) {
    this.directory = directory;
    this.kafka = kafka;
    this.s3 = s3;
    this.flink = flink;
    this.job = new StackJob(flink);
  }

  /** A stack without a job. */
  public static TestStack start(Path directory, int imagePartitions) {
    return start(directory, imagePartitions, 2, 3, EmbeddedKafka.Settings.defaults());
  }

  /** A stack without a job, on so many task managers with so many slots. */
  public static TestStack start(
      Path directory,
      int imagePartitions,
      int taskManagers,
      int slots,
      EmbeddedKafka.Settings broker) {
    EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), broker);
    EmbeddedS3 s3 = EmbeddedS3.start(directory.resolve("s3"));
    System.setProperty("aws.accessKeyId", s3.accessKeyId());
    System.setProperty("aws.secretAccessKey", s3.secretAccessKey());
    s3.createBucket(OWN_BUCKET);
    s3.createBucket(OUTPUT_BUCKET);
    EmbeddedFlink flink =
        EmbeddedFlink.start(
            EmbeddedFlink.Settings.in(directory.resolve("flink"))
                .withTaskManagers(taskManagers, slots));
    TestStack stack = new TestStack(directory, kafka, s3, flink);
    stack.createTopics(Topic.DEFAULT_PREFIX, imagePartitions);
    stack.options.put("kafka.bootstrap-servers", kafka.bootstrapServers());
    stack.options.put("s3.endpoint", s3.endpoint().toString());
    stack.options.put("s3.path-style-access", "true");
    stack.options.put("s3.bucket", OWN_BUCKET);
    stack.options.putAll(KeyFiles.localOptions(directory.resolve("markers")));
    return stack;
  }

  public void createTopics(String prefix, int imagePartitions) {
    new RelookConnection(settings().with(Setting.TOPIC_PREFIX, prefix))
        .topics()
        .create(Map.of(Topic.IMAGES, imagePartitions), Optional.of((short) 1));
  }

  /** Sets an option of jobs started from now on. */
  public TestStack option(String key, String value) {
    options.put(key, value);
    return this;
  }

  /**
   * Jobs started from now on see small pictures through a small backbone, for tests whose statement
   * holds for any backbone: a training then costs little.
   */
  public TestStack smallBackbone() {
    return option("features.area", "1024")
        .option("backbone.descriptor", SmallBackbone.write(directory).toString());
  }

  /** Jobs started from now on checkpoint this often. */
  public TestStack checkpointEvery(Duration interval) {
    checkpointInterval = interval;
    return this;
  }

  /** Starts the job with empty state. */
  public void startJob(int parallelism) {
    startJob(parallelism, Optional.empty());
  }

  /** Starts the job from a checkpoint or savepoint. */
  public void startJob(int parallelism, Optional<String> restorePath) {
    StreamExecutionEnvironment env = flink.environment(parallelism, restorePath);
    env.setMaxParallelism(KEY_GROUPS);
    if (checkpointInterval != null) {
      env.enableCheckpointing(checkpointInterval.toMillis());
    }
    job.start(env, options, "test");
  }

  /** Waits until the job has checkpointed, so that it surely runs. */
  public void awaitRunning() {
    Awaitility.await()
        .alias("the job runs")
        .until(() -> flink.status(running()) == JobStatus.RUNNING);
  }

  public String stopJob() {
    return job.stop();
  }

  /**
   * Ends the job right after a savepoint has pre-committed its transactions, before they are
   * committed, as a crash at that moment does.
   */
  public String crashBeforeCommit() throws Exception {
    return job.crashBeforeCommit();
  }

  /** Ends the job without a savepoint, its transactions left open, as a crash does. */
  public void cancelJob() {
    job.cancel();
  }

  /** Options of jobs started from now on. */
  public Map<String, String> options() {
    return Map.copyOf(options);
  }

  public JobID running() {
    return job.running();
  }

  public EmbeddedKafka kafka() {
    return kafka;
  }

  public EmbeddedS3 s3() {
    return s3;
  }

  public EmbeddedFlink flink() {
    return flink;
  }

  /** How clients reach this stack. */
  public RelookSettings settings() {
    return RelookSettings.of(kafka.bootstrapServers())
        .with(Setting.S3_ENDPOINT, s3.endpoint().toString());
  }

  /** A client whose producers use these Kafka properties too. */
  public RelookConnection connect(Map<String, String> kafkaProperties) {
    return new RelookConnection(
        RelookSettings.resolve(
            Map.of(
                Setting.BOOTSTRAP_SERVERS,
                kafka.bootstrapServers(),
                Setting.S3_ENDPOINT,
                s3.endpoint().toString()),
            kafkaProperties,
            Map.of(),
            Map.of()));
  }

  public RelookConnection connect() {
    return connect(Map.of());
  }

  @Override
  public void close() {
    if (job.runs()) {
      cancelJob(); // or its clients would go on looking for the broker
    }
    flink.close();
    s3.close();
    kafka.close();
  }
}

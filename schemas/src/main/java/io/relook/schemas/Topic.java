package io.relook.schemas;

import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetDescription;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.ImageRetry;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.LabeledImage;
import io.relook.wire.ModelMetadata;
import io.relook.wire.Prediction;
import io.relook.wire.ProjectDescription;
import io.relook.wire.Rejection;
import io.relook.wire.TrainingOutcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;

/**
 * The catalogue of topics, in the order of the flow. Only this class has the names and settings of
 * topics: deployments create topics from it, and the job compares the broker with it at its start.
 *
 * <p>All topics use the broker's append time. The job's decisions (token expiry, windows) depend on
 * the append time of what it reads. On the topics that it writes, append time makes the retention
 * independent of the clocks of senders. Times with a meaning are fields of the records.
 * Replication, {@code min.insync.replicas} and disk limits belong to the cluster and are not set
 * here.
 *
 * <p>Partitions: {@link #IMAGES} carries the load, and 6 divides evenly among 1, 2, 3 and 6
 * readers. {@link #PREDICTIONS} can be as many as images, but are small. All others have a few
 * records a second at most, and one partition keeps these in order. A topic may have more
 * partitions; the job reads their number from the broker.
 */
public enum Topic {
  /** Pictures and labels, withdrawals, and the job's cut markers and image retries. */
  IMAGES(
      "images",
      List.of(LabeledImage.class, ImageWithdrawal.class, CutMarker.class, ImageRetry.class),
      "account/project",
      6,
      Cleanup.DELETE,
      Duration.ofDays(30),
      MaxBytes.WITH_PICTURE),
  /** Commands of clients. */
  COMMANDS(
      "commands",
      List.of(Command.class),
      "account",
      1,
      Cleanup.DELETE,
      Duration.ofDays(30),
      MaxBytes.PLAIN),
  /** One reply to each command. */
  REPLIES(
      "replies",
      List.of(CommandReply.class),
      "request id",
      1,
      Cleanup.DELETE,
      Duration.ofDays(7),
      MaxBytes.PLAIN),
  /** The latest event of a key is that model's present state. */
  MODELS(
      "models",
      List.of(ModelMetadata.class),
      "model ARN",
      1,
      Cleanup.COMPACT,
      Duration.ofDays(7),
      MaxBytes.PLAIN),
  /** The latest event of a key is that project's present state. */
  PROJECTS(
      "projects",
      List.of(ProjectDescription.class),
      "project ARN",
      1,
      Cleanup.COMPACT,
      Duration.ofDays(7),
      MaxBytes.PLAIN),
  /** The latest event of a key is that data set's present state. */
  DATASETS(
      "datasets",
      List.of(DatasetDescription.class),
      "data set ARN",
      1,
      Cleanup.COMPACT,
      Duration.ofDays(7),
      MaxBytes.PLAIN),
  /** Results of served models. */
  PREDICTIONS(
      "predictions",
      List.of(Prediction.class),
      "account/project",
      3,
      Cleanup.DELETE,
      Duration.ofDays(30),
      MaxBytes.PLAIN),
  /** Results of trainings and imports, from the job to itself. */
  OUTCOMES(
      "outcomes",
      List.of(TrainingOutcome.class, DatasetOutcome.class),
      "account",
      1,
      Cleanup.DELETE,
      Duration.ofDays(30),
      MaxBytes.PLAIN),
  /** Rejected messages, with their bytes. */
  REJECTIONS(
      "rejections",
      List.of(Rejection.class),
      "topic-partition-offset",
      1,
      Cleanup.DELETE,
      Duration.ofDays(30),
      MaxBytes.WITH_PICTURE);

  /** Prefix of all topic names unless a deployment chooses another. */
  public static final String DEFAULT_PREFIX = "relook.";

  /**
   * Largest picture, in bytes, that travels inside a message; larger ones travel as a location in
   * S3. With a mask of the same size and the metadata it stays below {@link #maxMessageBytes()} of
   * {@link #IMAGES}.
   */
  public static final int INLINE_PICTURE_BYTES = 512 * 1024;

  private final String suffix;
  private final List<Class<? extends SpecificRecord>> records;
  private final String keyRule;
  private final int partitions;
  private final Cleanup cleanup;
  private final Duration kept;
  private final int maxMessageBytes;

  Topic(
      String suffix,
      List<Class<? extends SpecificRecord>> records,
      String keyRule,
      int partitions,
      Cleanup cleanup,
      Duration kept,
      int maxMessageBytes) {
    this.suffix = suffix;
    this.records = records;
    this.keyRule = keyRule;
    this.partitions = partitions;
    this.cleanup = cleanup;
    this.kept = kept;
    this.maxMessageBytes = maxMessageBytes;
  }

  /** Which records a topic removes. */
  public enum Cleanup {
    /** Records older than the retention. */
    DELETE,
    /** All but the latest record of each key. */
    COMPACT
  }

  private static final class MaxBytes {
    /** Kafka's default, so that only topics with pictures need larger buffers. */
    static final int PLAIN = 1_048_588;

    /** A picture and a mask of {@link #INLINE_PICTURE_BYTES} each, and room for the rest. */
    static final int WITH_PICTURE = 2 * 1024 * 1024;
  }

  /** The name without prefix, such as {@code images}, as on the command line. */
  public String suffix() {
    return suffix;
  }

  /** The name on the broker, such as {@code relook.images} with {@link #DEFAULT_PREFIX}. */
  public String name(String prefix) {
    return prefix + suffix;
  }

  /** The topic with this suffix, or whose name under the prefix this is. */
  public static Optional<Topic> find(String prefix, String nameOrSuffix) {
    for (Topic topic : values()) {
      if (nameOrSuffix.equals(topic.suffix) || nameOrSuffix.equals(topic.name(prefix))) {
        return Optional.of(topic);
      }
    }
    return Optional.empty();
  }

  /** Records allowed on this topic. */
  public List<Class<? extends SpecificRecord>> records() {
    return records;
  }

  /** The parts of the key, in words. */
  public String keyRule() {
    return keyRule;
  }

  /** Number of partitions with which the topic is created. */
  public int partitions() {
    return partitions;
  }

  /** Which records the topic removes. */
  public Cleanup cleanup() {
    return cleanup;
  }

  /** Largest batch, and so largest message, in bytes. */
  public int maxMessageBytes() {
    return maxMessageBytes;
  }

  /** Settings of the topic on the broker, by Kafka's names, in a fixed order. */
  public Map<String, String> config() {
    Map<String, String> config = new LinkedHashMap<>();
    String millis = Long.toString(kept.toMillis());
    if (cleanup == Cleanup.COMPACT) {
      config.put("cleanup.policy", "compact");
      // A reader that was away for less than this still sees the tombstones.
      config.put("delete.retention.ms", millis);
    } else {
      config.put("cleanup.policy", "delete");
      config.put("retention.ms", millis);
      config.put("retention.bytes", "-1");
    }
    config.put("message.timestamp.type", "LogAppendTime");
    config.put("max.message.bytes", Integer.toString(maxMessageBytes));
    return config;
  }

  /**
   * The key of a record on this topic; send it as UTF-8.
   *
   * @throws IllegalArgumentException when the record does not belong on this topic
   */
  public String key(SpecificRecord record) {
    if (!records.contains(record.getClass())) {
      throw new IllegalArgumentException(
          record.getSchema().getName() + " is not a record of the topic " + suffix + ".");
    }
    if (record instanceof LabeledImage image) {
      return projectKey(image.getAccount(), image.getProject());
    } else if (record instanceof ImageWithdrawal withdrawal) {
      return projectKey(withdrawal.getAccount(), withdrawal.getProject());
    } else if (record instanceof CutMarker marker) {
      return projectKey(marker.getAccount(), marker.getProject());
    } else if (record instanceof ImageRetry retry) {
      return projectKey(retry.getAccount(), retry.getProject());
    } else if (record instanceof Command command) {
      return command.getAccount();
    } else if (record instanceof CommandReply reply) {
      return reply.getRequestId();
    } else if (record instanceof ModelMetadata model) {
      return model.getModelArn();
    } else if (record instanceof ProjectDescription project) {
      return project.getProjectArn();
    } else if (record instanceof DatasetDescription dataset) {
      return dataset.getDatasetArn();
    } else if (record instanceof Prediction prediction) {
      return projectKey(prediction.getAccount(), prediction.getProject());
    } else if (record instanceof TrainingOutcome outcome) {
      return outcome.getAccount();
    } else if (record instanceof DatasetOutcome outcome) {
      return outcome.getAccount();
    } else if (record instanceof Rejection rejection) {
      return rejection.getTopic() + "-" + rejection.getPartition() + "-" + rejection.getOffset();
    }
    throw new IllegalArgumentException(
        "No key rule for " + record.getSchema().getFullName() + ": add it to Topic.key.");
  }

  /** The key of everything in a project; neither part may contain a slash. */
  public static String projectKey(String account, String project) {
    return account + "/" + project;
  }
}

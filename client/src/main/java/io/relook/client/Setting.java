package io.relook.client;

import io.relook.schemas.Topic;
import java.util.Arrays;
import java.util.Optional;

/**
 * All settings of the client: each with its key in a properties file, its environment variable, its
 * flag and its help. Where the job has the same option, it has the same key.
 */
public enum Setting {
  /** Kafka brokers to connect to first. */
  BOOTSTRAP_SERVERS(
      "kafka.bootstrap-servers",
      "RELOOK_BOOTSTRAP_SERVERS",
      "--bootstrap-servers",
      "HOST:PORT",
      "127.0.0.1:9092",
      "Kafka brokers to connect to first, separated by commas."),
  /** Address of the S3 service. */
  S3_ENDPOINT(
      "s3.endpoint",
      "RELOOK_S3_ENDPOINT",
      "--s3-endpoint",
      "URL",
      "",
      "Address of the S3 service. Without it: that of AWS in the region."),
  /** Region of the S3 service. */
  S3_REGION(
      "s3.region", "RELOOK_REGION", "--region", "REGION", "us-east-1", "Region of the S3 service."),
  /** Whether the bucket is named in the path. */
  S3_PATH_STYLE(
      "s3.path-style-access",
      "RELOOK_S3_PATH_STYLE",
      "--s3-path-style",
      "BOOL",
      "",
      "Whether the bucket is named in the path: true or false. Without it: true if an endpoint is given."),
  /** First part of topic names. */
  TOPIC_PREFIX(
      "kafka.topic-prefix",
      "RELOOK_TOPIC_PREFIX",
      "--topic-prefix",
      "PREFIX",
      Topic.DEFAULT_PREFIX,
      "First part of the names of all topics."),
  /** Account whose projects are meant. */
  ACCOUNT(
      "account",
      "RELOOK_ACCOUNT",
      "--account",
      "ACCOUNT",
      "000000000000",
      "Account of the projects: 1 to 64 of the characters a-z A-Z 0-9 _ -."),
  /** Who sends commands. */
  CALLER(
      "caller",
      "RELOOK_CALLER",
      "--caller",
      "NAME",
      "",
      "Who sends commands, as the job's access policy names them. Without it: anonymous."),
  /** Where large pictures are uploaded. */
  IMAGES_LOCATION(
      "images.location",
      "RELOOK_IMAGES_LOCATION",
      "--images-location",
      "S3URI",
      "s3://relook/uploads/",
      "Where pictures of more than 512 KiB are uploaded: s3://bucket/prefix."),
  /** How long to wait for an answer. */
  TIMEOUT(
      "timeout",
      "RELOOK_TIMEOUT",
      "--timeout",
      "TIME",
      "30s",
      "How long to wait for brokers, the store and replies, such as 500ms, 30s or 2m.");

  /** Keys that begin with this carry Kafka's own properties. */
  public static final String KAFKA_PROPERTY_KEY = "kafka.properties.";

  /**
   * Environment variables that begin with this carry Kafka's own properties, in upper case with
   * underscores.
   */
  public static final String KAFKA_PROPERTY_VARIABLE = "RELOOK_KAFKA_";

  private final String key;
  private final String variable;
  private final String flag;
  private final String valueLabel;
  private final String defaultValue;
  private final String description;

  Setting(
      String key,
      String variable,
      String flag,
      String valueLabel,
      String defaultValue,
      String description) {
    this.key = key;
    this.variable = variable;
    this.flag = flag;
    this.valueLabel = valueLabel;
    this.defaultValue = defaultValue;
    this.description = description;
  }

  /** Key in a properties file. */
  public String key() {
    return key;
  }

  /** Environment variable. */
  public String variable() {
    return variable;
  }

  /** Flag of the command line. */
  public String flag() {
    return flag;
  }

  /** What the value is called in help, such as URL. */
  public String valueLabel() {
    return valueLabel;
  }

  /** Value when it is given nowhere; empty for none. */
  public String defaultValue() {
    return defaultValue;
  }

  /** What it means, in a sentence or two. */
  public String description() {
    return description;
  }

  static Optional<Setting> byKey(String key) {
    return Arrays.stream(values()).filter(s -> s.key.equals(key)).findFirst();
  }
}

package io.relook.client.cli;

import io.relook.client.RelookConnection;
import io.relook.client.RelookSettings;
import io.relook.client.Setting;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Flags that say how to reach an installation; a mixin of every command that does. */
public final class ConnectionOptions {
  @ArgGroup(
      validate = false,
      heading =
          "%nConnection (a flag wins over its environment variable, that over the file, that over the default):%n")
  private Flags flags = new Flags();

  /** The environment; another one in tests. */
  private Map<String, String> environment = System.getenv();

  private static final class Flags {
    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "Java properties file with keys such as kafka.bootstrap-servers.")
    @Nullable Path config;

    @Option(
        names = "--bootstrap-servers",
        paramLabel = "HOST:PORT",
        description = "Kafka brokers. RELOOK_BOOTSTRAP_SERVERS; default 127.0.0.1:9092.")
    @Nullable String bootstrapServers;

    @Option(
        names = "--s3-endpoint",
        paramLabel = "URL",
        description = "Address of the S3 service. RELOOK_S3_ENDPOINT; default that of AWS.")
    @Nullable String s3Endpoint;

    @Option(
        names = "--region",
        paramLabel = "REGION",
        description = "Region of the S3 service. RELOOK_REGION; default us-east-1.")
    @Nullable String region;

    @Option(
        names = "--s3-path-style",
        paramLabel = "BOOL",
        description =
            "Whether the bucket is named in the path. RELOOK_S3_PATH_STYLE; default true with an endpoint.")
    @Nullable String s3PathStyle;

    @Option(
        names = "--account",
        paramLabel = "ACCOUNT",
        description = "Account whose projects are meant. RELOOK_ACCOUNT; default 000000000000.")
    @Nullable String account;

    @Option(
        names = "--caller",
        paramLabel = "NAME",
        description = "Who sends commands, for the job's access policy. RELOOK_CALLER.")
    @Nullable String caller;

    @Option(
        names = "--topic-prefix",
        paramLabel = "PREFIX",
        description = "First part of topic names. RELOOK_TOPIC_PREFIX; default relook.")
    @Nullable String topicPrefix;

    @Option(
        names = "--images-location",
        paramLabel = "S3URI",
        description =
            "Where pictures above 512 KiB are uploaded. RELOOK_IMAGES_LOCATION; default s3://relook/uploads/.")
    @Nullable String imagesLocation;

    @Option(
        names = "--timeout",
        paramLabel = "TIME",
        description = "How long to wait for answers: 500ms, 30s, 2m. RELOOK_TIMEOUT; default 30s.")
    @Nullable String timeout;

    @Option(
        names = "--kafka-property",
        paramLabel = "NAME=VALUE",
        description =
            "A property of Kafka's own, such as security.protocol=SSL; may be repeated. Secrets belong into the file or RELOOK_KAFKA_*.")
    Map<String, String> kafka = new LinkedHashMap<>();
  }

  /**
   * The settings from flags, environment and file.
   *
   * @throws io.relook.client.RelookException when one is wrong
   */
  public RelookSettings settings() {
    Map<Setting, String> given = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      String value =
          switch (setting) {
            case BOOTSTRAP_SERVERS -> flags.bootstrapServers;
            case S3_ENDPOINT -> flags.s3Endpoint;
            case S3_REGION -> flags.region;
            case S3_PATH_STYLE -> flags.s3PathStyle;
            case TOPIC_PREFIX -> flags.topicPrefix;
            case ACCOUNT -> flags.account;
            case CALLER -> flags.caller;
            case IMAGES_LOCATION -> flags.imagesLocation;
            case TIMEOUT -> flags.timeout;
          };
      if (value != null) {
        given.put(setting, value);
      }
    }
    Path config = flags.config;
    Map<String, String> file = config == null ? Map.of() : RelookSettings.readFile(config);
    return RelookSettings.resolve(given, flags.kafka, environment, file);
  }

  /** A connection with these settings. */
  public RelookConnection connection() {
    return new RelookConnection(settings());
  }
}

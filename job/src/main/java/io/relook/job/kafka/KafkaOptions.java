package io.relook.job.kafka;

import io.relook.job.options.OptionReader;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of the Kafka clients. */
public final class KafkaOptions {

  public static final ConfigOption<String> KAFKA_BOOTSTRAP_SERVERS =
      ConfigOptions.key("kafka.bootstrap-servers")
          .stringType()
          .noDefaultValue()
          .withDescription("Kafka brokers to connect to first, as host:port,host:port.");

  public static final ConfigOption<Map<String, String>> KAFKA_PROPERTIES =
      ConfigOptions.key("kafka.properties")
          .mapType()
          .defaultValue(Map.of())
          .withDescription(
              "Further properties of all Kafka clients, such as security.protocol. Written"
                  + " kafka.properties.NAME=VALUE. Never logged. Secrets only by reference, such as"
                  + " ${file:/path:key} or ${env:VARIABLE}, which the clients resolve.");

  public static final ConfigOption<String> KAFKA_TOPIC_PREFIX =
      ConfigOptions.key("kafka.topic-prefix")
          .stringType()
          .defaultValue("relook.")
          .withDescription("First part of the names of all topics.");

  public static final ConfigOption<String> KAFKA_OUTPUT_TOPIC_PREFIX =
      ConfigOptions.key("kafka.output-topic-prefix")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "First part of the names of the topics that only the job writes. Default: the value"
                  + " of kafka.topic-prefix. Give another one to replay the inputs with empty"
                  + " state.");

  public static final ConfigOption<String> KAFKA_TRANSACTIONAL_ID_PREFIX =
      ConfigOptions.key("kafka.transactional-id-prefix")
          .stringType()
          .defaultValue("relook")
          .withDescription(
              "First part of transactional ids and consumer groups. Jobs on one Kafka cluster"
                  + " need different prefixes, and none may be the beginning of another.");

  public static final ConfigOption<Duration> KAFKA_TRANSACTION_TIMEOUT =
      ConfigOptions.key("kafka.transaction-timeout")
          .durationType()
          .defaultValue(Duration.ofDays(7))
          .withDescription(
              "Longest time that the job may be down without losing records that it wrote. The"
                  + " broker's transaction.max.timeout.ms must be at least as long.");

  private KafkaOptions() {}

  /** Reads the options; a secret that is not a reference is a problem. */
  public static KafkaSettings read(OptionReader options) {
    String servers =
        options.required(
            KAFKA_BOOTSTRAP_SERVERS,
            "kafka.bootstrap-servers is missing: give it as --kafka.bootstrap-servers.");
    Map<String, String> properties = options.get(KAFKA_PROPERTIES);
    ClientProperties.problems(properties).forEach(options::problem);
    String prefix = options.get(KAFKA_TOPIC_PREFIX);
    return new KafkaSettings(
        servers,
        ClientProperties.withProviders(properties),
        prefix,
        options.find(KAFKA_OUTPUT_TOPIC_PREFIX).orElse(prefix),
        options.get(KAFKA_TRANSACTIONAL_ID_PREFIX),
        options.get(KAFKA_TRANSACTION_TIMEOUT));
  }
}

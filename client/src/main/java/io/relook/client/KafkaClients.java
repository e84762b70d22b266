package io.relook.client;

import io.relook.client.RelookException.Kind;
import io.relook.schemas.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Makes the Kafka clients that relook's topics need, and puts their failures into words. */
final class KafkaClients {
  private final RelookSettings settings;

  KafkaClients(RelookSettings settings) {
    this.settings = settings;
  }

  Admin admin() {
    return making(() -> Admin.create(common(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG)));
  }

  /**
   * A producer that neither loses nor duplicates what it has acknowledged.
   *
   * @param maxRequestBytes at least the topic's largest message
   */
  Producer<String, byte[]> producer(int maxRequestBytes) {
    Map<String, Object> config = producerConfig(maxRequestBytes);
    return making(
        () -> new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer()));
  }

  /** As {@link #producer}, but for keys of any bytes. */
  Producer<byte[], byte[]> bytesProducer(int maxRequestBytes) {
    Map<String, Object> config = producerConfig(maxRequestBytes);
    return making(
        () -> new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
  }

  private Map<String, Object> producerConfig(int maxRequestBytes) {
    Map<String, Object> config = common(ProducerConfig.MAX_BLOCK_MS_CONFIG);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRequestBytes);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    // Kafka requires: delivery time-out >= linger + request time-out.
    config.put(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
        Math.toIntExact(Math.max(120_000, settings.timeout().toMillis() + 1000)));
    return config;
  }

  /** A consumer of committed records that belongs to no group. */
  Consumer<String, byte[]> consumer() {
    Map<String, Object> config = common(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return making(
        () -> new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer()));
  }

  Duration timeout() {
    return settings.timeout();
  }

  String bootstrapServers() {
    return settings.kafka().bootstrapServers();
  }

  String topic(Topic topic) {
    return topic.name(settings.kafka().topicPrefix());
  }

  private Map<String, Object> common(String timeoutKey) {
    Map<String, Object> config = new HashMap<>();
    int timeout = Math.toIntExact(settings.timeout().toMillis());
    config.put(timeoutKey, timeout);
    config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, timeout);
    config.putAll(settings.kafka().properties());
    config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.kafka().bootstrapServers());
    return config;
  }

  private <T> T making(Supplier<T> maker) {
    try {
      return maker.get();
    } catch (KafkaException e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      throw new RelookException(
          Kind.USAGE, "Kafka rejects these settings: " + root.getMessage() + ".", e);
    }
  }

  /** A failure in words; the wrappers of futures are removed first. */
  RelookException failure(String doing, Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof RelookException known) {
      return known;
    }
    if (cause instanceof UnknownTopicOrPartitionException) {
      return new RelookException(
          Kind.FAILED,
          "%s failed: a topic does not exist; run 'relook topics create'.".formatted(doing),
          cause);
    }
    if (cause instanceof AuthorizationException) {
      return new RelookException(
          Kind.FAILED,
          "%s failed: Kafka does not allow it to this user (%s); ask for the access control lists in deploy/security."
              .formatted(doing, stripped(cause)),
          cause);
    }
    if (cause instanceof AuthenticationException) {
      return new RelookException(
          Kind.USAGE,
          "%s failed: Kafka does not know this user (%s); check security.protocol, sasl.mechanism, sasl.jaas.config and ssl.truststore.* among Kafka's properties."
              .formatted(doing, stripped(cause)),
          cause);
    }
    if (cause instanceof RetriableException) {
      return new RelookException(
          Kind.UNREACHABLE,
          "%s failed: Kafka at %s did not answer within %d ms: check %s (or %s) and that it runs."
              .formatted(
                  doing,
                  settings.kafka().bootstrapServers(),
                  settings.timeout().toMillis(),
                  Setting.BOOTSTRAP_SERVERS.flag(),
                  Setting.BOOTSTRAP_SERVERS.variable()),
          cause);
    }
    return new RelookException(
        Kind.FAILED, "%s failed: %s".formatted(doing, cause.getMessage()), cause);
  }

  /** What Kafka says, without its full stop. */
  private static String stripped(Throwable cause) {
    return String.valueOf(cause.getMessage()).replaceFirst("\\.$", "");
  }
}

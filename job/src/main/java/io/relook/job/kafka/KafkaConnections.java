package io.relook.job.kafka;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.AdminClosingKafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Creates the sources and sinks of the job. */
public final class KafkaConnections {

  private final KafkaSettings config;

  public KafkaConnections(KafkaSettings config) {
    this.config = config;
  }

  /**
   * A source of the committed messages of a topic. It starts at the beginning of the topic, or
   * where restored state says.
   */
  public KafkaSource<KafkaRecord> source(String topic) {
    Properties properties = properties();
    properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    // The number of partitions is read when the job starts: cut markers must go into exactly the
    // partitions that are read.
    properties.setProperty("partition.discovery.interval.ms", "0");
    return KafkaSource.<KafkaRecord>builder()
        .setBootstrapServers(config.bootstrapServers())
        .setTopics(topic)
        .setGroupId(config.transactionalIdPrefix() + "-" + topic)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(new KafkaRecordDeserializer())
        .setProperties(properties)
        .build();
  }

  /**
   * The one exactly-once sink of a pipeline.
   *
   * @param pipeline becomes part of the transactional id; no pipeline's name may be the beginning
   *     of another's
   * @param topics all topics it may write to
   */
  public KafkaSink<TopicRecord> sink(Pipeline pipeline, List<String> topics) {
    Properties properties = properties();
    properties.setProperty(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
        Long.toString(config.transactionTimeout().toMillis()));
    properties.setProperty(
        ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(MAX_REQUEST_BYTES));
    if (pipeline == Pipeline.CONTROL) {
      // Readers of the image topic cannot pass a marker between its append and its commit.
      // Lingering until the checkpoint flushes the producer makes this time milliseconds instead of
      // a checkpoint interval.
      properties.setProperty(ProducerConfig.LINGER_MS_CONFIG, "5000");
      properties.setProperty(ProducerConfig.BATCH_SIZE_CONFIG, "1048576");
    }
    String transactionalIdPrefix =
        config.transactionalIdPrefix() + "-" + pipeline.name().toLowerCase(Locale.ROOT);
    TopicRecordSerializer serializer = new TopicRecordSerializer(topics);
    KafkaSink<TopicRecord> sink =
        KafkaSink.<TopicRecord>builder()
            .setBootstrapServers(config.bootstrapServers())
            .setKafkaProducerConfig(properties)
            .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
            .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
            .setTransactionalIdPrefix(transactionalIdPrefix)
            .setRecordSerializer(serializer)
            .build();
    return new AdminClosingKafkaSink<>(sink, transactionalIdPrefix, serializer);
  }

  private Properties properties() {
    Properties properties = new Properties();
    for (Map.Entry<String, String> entry : config.properties().entrySet()) {
      properties.setProperty(entry.getKey(), entry.getValue());
    }
    return properties;
  }

  /** The largest message: a rejection with 512 KiB of original bytes and its reason. */
  private static final int MAX_REQUEST_BYTES = 2 * 1024 * 1024;

  /** The two pipelines of the job. */
  public enum Pipeline {
    CONTROL,
    DATA
  }
}

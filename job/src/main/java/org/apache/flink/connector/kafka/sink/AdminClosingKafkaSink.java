package org.apache.flink.connector.kafka.sink;

import java.io.IOException;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.metrics.Gauge;
import org.apache.kafka.clients.admin.AdminClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An exactly-once {@link KafkaSink} whose writers close the admin client they open.
 *
 * <p>{@code ExactlyOnceKafkaWriter} of flink-connector-kafka 5.0.0 lists open transactions through
 * an admin client when it starts and never closes it. The client's thread keeps the class loader of
 * the job, so each submission and each restart of a task cost a task manager about 30 MB of
 * metaspace, which are never freed. The connector's main branch closes it; once a release does,
 * {@code AdminClosingKafkaSinkIT} fails and this class can go.
 *
 * <p>It lies in the connector's package because the writer and the constructor of the sink are
 * package-private. State and transactional ids are those of the sink it is made from.
 */
public final class AdminClosingKafkaSink<IN> extends KafkaSink<IN> {
  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(AdminClosingKafkaSink.class);

  /** Of each writer: the producer epoch of its latest transaction that a checkpoint took. */
  static final String EPOCH_METRIC = "producerEpoch";

  /** {@code Short.MAX_VALUE - 1}: from here a commit changes the producer id (KIP-890). */
  static final short LAST_EPOCH = 32_766;

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final String transactionalIdPrefix;
  private final KafkaRecordSerializationSchema<IN> recordSerializer;

  /**
   * @param built gives the properties of the producers
   * @param transactionalIdPrefix as given to the builder of {@code built}
   * @param recordSerializer as given to the builder of {@code built}
   */
  public AdminClosingKafkaSink(
      KafkaSink<IN> built,
      String transactionalIdPrefix,
      KafkaRecordSerializationSchema<IN> recordSerializer) {
    super(
        DeliveryGuarantee.EXACTLY_ONCE,
        built.getKafkaProducerConfig(),
        transactionalIdPrefix,
        recordSerializer,
        TransactionNamingStrategy.POOLING);
    this.transactionalIdPrefix = transactionalIdPrefix;
    this.recordSerializer = recordSerializer;
  }

  /** Also creates new writers: {@link #createWriter} restores one without state. */
  @Override
  public KafkaWriter<IN> restoreWriter(
      WriterInitContext context, Collection<KafkaWriterState> recoveredStates) {
    Writer<IN> writer = new Writer<>(this, context, recoveredStates);
    writer.initialize();
    return writer;
  }

  private static final class Writer<IN> extends ExactlyOnceKafkaWriter<IN> {
    /** Epoch of the last transaction that a checkpoint took; -1 before the first. */
    private volatile short epoch = -1;

    Writer(
        AdminClosingKafkaSink<IN> sink,
        WriterInitContext context,
        Collection<KafkaWriterState> recoveredStates) {
      super(
          DeliveryGuarantee.EXACTLY_ONCE,
          sink.getKafkaProducerConfig(),
          sink.transactionalIdPrefix,
          context,
          sink.recordSerializer,
          context.asSerializationSchemaInitializationContext(),
          TransactionNamingStrategy.POOLING.getAbortImpl(),
          TransactionNamingStrategy.POOLING.getImpl(),
          recoveredStates);
      Gauge<Short> lastEpoch = () -> epoch;
      context.metricGroup().gauge(EPOCH_METRIC, lastEpoch);
    }

    /**
     * Notes the epochs: with version 2 of Kafka's transaction protocol each commit raises the one
     * of its transactional id, and the broker hands out another producer id at its limit of 32,767
     * (KIP-890, FLINK-40689).
     */
    @Override
    public Collection<KafkaCommittable> prepareCommit() {
      Collection<KafkaCommittable> committables = super.prepareCommit();
      for (KafkaCommittable committable : committables) {
        LOG.debug(
            "The checkpoint has the transaction {} of producer {} at epoch {}.",
            committable.getTransactionalId(),
            committable.getProducerId(),
            committable.getEpoch());
        epoch = committable.getEpoch();
      }
      return committables;
    }

    /**
     * Only the abort of lingering transactions, which is part of this method, uses the admin
     * client.
     */
    @Override
    public void initialize() {
      try {
        super.initialize();
      } finally {
        closeAdminClient();
      }
      leaveTheLastEpoch();
    }

    /** Begins the next transaction. */
    @Override
    public List<KafkaWriterState> snapshotState(long checkpointId) throws IOException {
      List<KafkaWriterState> states = super.snapshotState(checkpointId);
      leaveTheLastEpoch();
      return states;
    }

    /**
     * Initialises a producer at the last epoch again, before its transaction has a record: the
     * broker then hands out another producer id now, and not with the commit. A commit that changes
     * the producer id cannot be repeated by a job that restores the checkpoint before it
     * (FLINK-40689).
     */
    private void leaveTheLastEpoch() {
      if (currentProducer.getEpoch() < LAST_EPOCH) {
        return;
      }
      LOG.info(
          "The transactional id {} gets another producer id: {} is at epoch {}.",
          currentProducer.getTransactionalId(),
          currentProducer.getProducerId(),
          currentProducer.getEpoch());
      currentProducer.abortTransaction();
      currentProducer.setTransactionId(currentProducer.getTransactionalId());
      currentProducer.initTransactions();
      currentProducer.beginTransaction();
    }

    private void closeAdminClient() {
      try {
        Field field = ExactlyOnceKafkaWriter.class.getDeclaredField("adminClient");
        field.setAccessible(true);
        if (field.get(this) instanceof AdminClient adminClient) {
          adminClient.close(CLOSE_TIMEOUT);
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(
            "This flink-connector-kafka keeps its admin client elsewhere: check whether it closes"
                + " the client itself.",
            e);
      }
    }
  }
}

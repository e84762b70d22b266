package io.relook.job.rejection;

import io.relook.job.domain.RejectedMessage;
import io.relook.job.kafka.MessageLog;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectStoreFactory;
import io.relook.schemas.Topic;
import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.jspecify.annotations.Nullable;

/**
 * Turns rejected messages into rejections. Blocks while a large message is written to the store,
 * and while one that came without its bytes is read again, because rejections are few. Keeps no
 * state.
 */
public final class WriteRejectionFunction extends RichMapFunction<RejectedMessage, TopicRecord> {
  private static final long serialVersionUID = 1L;

  private final ObjectStoreFactory stores;
  private final String bucket;
  private final TopicRecords topics;
  private final MessageLog log;
  private transient @Nullable ObjectStore store;
  private transient RejectionMetrics metrics;

  /**
   * @param bucket relook's own bucket
   * @param log has the bytes of messages that were rejected after they had been dropped
   */
  public WriteRejectionFunction(
      ObjectStoreFactory stores, String bucket, TopicRecords topics, MessageLog log) {
    this.stores = stores;
    this.bucket = bucket;
    this.topics = topics;
    this.log = log;
  }

  @Override
  public void open(OpenContext context) {
    store = stores.open();
    metrics = new RejectionMetrics(getRuntimeContext().getMetricGroup());
  }

  @Override
  public TopicRecord map(RejectedMessage given) throws IOException {
    ObjectStore opened = store;
    if (opened == null) {
      throw new IllegalStateException("The function is not open");
    }
    RejectedMessage rejected =
        RejectionRecords.mustBeReadAgain(given)
            ? RejectionRecords.readAgain(given, log.read(given.origin()))
            : given;
    TopicRecord rejection =
        topics.record(
            Topic.REJECTIONS,
            new RejectionWriter(opened, bucket).reject(rejected.origin(), rejected.reason()));
    metrics.written.inc();
    return rejection;
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
      store = null;
    }
  }
}

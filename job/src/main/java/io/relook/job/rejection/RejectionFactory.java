package io.relook.job.rejection;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.kafka.MessageLog;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.s3.ObjectStoreFactory;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * Opens {@link WriteRejectionStep}.
 *
 * @param bucket relook's own bucket
 * @param log has the bytes of messages that were rejected after they had been dropped
 */
public record RejectionFactory(
    ObjectStoreFactory stores, String bucket, TopicRecords topics, MessageLog log)
    implements OrderedStep.Factory<RejectedMessage, TopicRecord> {

  @Override
  public OrderedStep<RejectedMessage, TopicRecord> open(RuntimeContext context) {
    RejectionMetrics metrics = new RejectionMetrics(context.getMetricGroup());
    return new WriteRejectionStep(stores.open(), bucket, topics, log, metrics.written::inc);
  }
}

package io.relook.job.removal;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.s3.OwnBucket;
import io.relook.job.s3.PatientStore;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.OutputTag;

/**
 * Opens {@link RemoveObjectsStep}. Metric: {@code objectsRemoved} (counter).
 *
 * @param bucket relook's own bucket
 * @param published gets the removals of published files
 */
public record RemovalFactory(OwnBucket bucket, OutputTag<ObjectRemoval> published)
    implements OrderedStep.Factory<DatasetOutput, TrainingOrder> {

  @Override
  public OrderedStep<DatasetOutput, TrainingOrder> open(RuntimeContext context) {
    Counter removed = context.getMetricGroup().counter("objectsRemoved");
    return new RemoveObjectsStep(
        PatientStore.forAWhile(bucket.store().open(), bucket, PatientStore.Pauses.sleeping()),
        removed::inc,
        removal -> outputs -> outputs.side(published, removal));
  }
}

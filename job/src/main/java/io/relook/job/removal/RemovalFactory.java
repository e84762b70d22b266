package io.relook.job.removal;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.s3.ObjectStoreFactory;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.OutputTag;

/**
 * Opens {@link RemoveObjectsStep}. Metric: {@code objectsRemoved} (counter).
 *
 * @param published gets the removals of published files
 */
public record RemovalFactory(ObjectStoreFactory stores, OutputTag<ObjectRemoval> published)
    implements OrderedStep.Factory<DatasetOutput, TrainingOrder> {

  @Override
  public OrderedStep<DatasetOutput, TrainingOrder> open(RuntimeContext context) {
    Counter removed = context.getMetricGroup().counter("objectsRemoved");
    return new RemoveObjectsStep(
        stores.open(), removed::inc, removal -> outputs -> outputs.side(published, removal));
  }
}

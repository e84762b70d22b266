package io.relook.job.removal;

import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.job.s3.PatientStore;
import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Removes objects and passes trainings on, in the order in which the data set asked for them: so a
 * removal never overtakes a training, and a training never overtakes a removal. Keeps no state.
 */
public final class RemoveObjectsFunction extends ProcessFunction<DatasetOutput, TrainingOrder> {
  private static final long serialVersionUID = 1L;

  private final OwnBucket bucket;
  private transient @Nullable ObjectStore store;
  private transient ObjectRemover removals;
  private transient Counter objectsRemoved;

  @SuppressWarnings("NullAway.Init") // transient members are set when the function is opened
  public RemoveObjectsFunction(OwnBucket bucket) {
    this.bucket = bucket;
  }

  @Override
  public void open(OpenContext context) {
    ObjectStore opened =
        PatientStore.forAWhile(bucket.store().open(), bucket, PatientStore.Pauses.sleeping());
    store = opened;
    removals = new ObjectRemover(opened);
    objectsRemoved = getRuntimeContext().getMetricGroup().counter("objectsRemoved");
  }

  @Override
  public void processElement(DatasetOutput order, Context context, Collector<TrainingOrder> out)
      throws IOException {
    if (order.removal() != null) {
      ObjectRemoval removal = order.removal();
      int done = removals.take(removal);
      if (removal.step() == ObjectRemoval.Step.REMOVE
          || removal.step() == ObjectRemoval.Step.ERASE) {
        objectsRemoved.inc(done);
      }
    }
    if (order.training() != null) {
      out.collect(order.training());
    }
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
      store = null;
    }
  }
}

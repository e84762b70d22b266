package io.relook.job.removal;

import io.relook.job.s3.ObjectStore;
import io.relook.job.s3.ObjectStoreFactory;
import io.relook.job.training.TrainingSet;
import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Removes objects, and lets trainings pass. It works in the order of the data set, so no removal
 * overtakes or follows a training that was ordered before or after it. Keeps no state.
 */
public final class RemovalFunction extends ProcessFunction<DatasetOrder, TrainingSet> {
  private static final long serialVersionUID = 1L;

  private final ObjectStoreFactory stores;
  private transient @Nullable ObjectStore store;
  private transient Removals removals;
  private transient Counter objectsRemoved;

  @SuppressWarnings("NullAway.Init") // transient members are set when the function is opened
  public RemovalFunction(ObjectStoreFactory stores) {
    this.stores = stores;
  }

  @Override
  public void open(OpenContext context) {
    ObjectStore opened = stores.open();
    store = opened;
    removals = new Removals(opened);
    objectsRemoved = getRuntimeContext().getMetricGroup().counter("objectsRemoved");
  }

  @Override
  public void processElement(DatasetOrder order, Context context, Collector<TrainingSet> out)
      throws IOException {
    if (order.removal() != null) {
      Removal removal = order.removal();
      int done = removals.take(removal);
      if (removal.step() == Removal.Step.REMOVE || removal.step() == Removal.Step.ERASE) {
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

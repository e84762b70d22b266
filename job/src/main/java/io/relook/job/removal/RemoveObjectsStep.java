package io.relook.job.removal;

import io.relook.job.async.OrderedStep;
import io.relook.job.domain.DatasetOutput;
import io.relook.job.domain.ObjectRemoval;
import io.relook.job.domain.TrainingOrder;
import io.relook.job.s3.ObjectStore;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * Removes objects of relook's own bucket beside the stream, and passes trainings on, in the order
 * in which the data set asked for them: so a removal never overtakes a training, and a training
 * never overtakes a removal. Keeps no state.
 */
public final class RemoveObjectsStep implements OrderedStep<DatasetOutput, TrainingOrder> {

  /** One, so that removals follow each other in order. Each works on several objects at once. */
  public static final int THREADS = 1;

  /**
   * Removals that wait at most; a checkpoint waits for all of them, each of a few hundred objects.
   */
  public static final int QUEUE = 8;

  private final ObjectStore store;
  private final ObjectRemover remover;
  private final IntConsumer removed;
  private final Function<ObjectRemoval, Emission<TrainingOrder>> published;

  /**
   * @param store closed with the step
   * @param removed gets the numbers of objects that are gone, in the task's thread
   * @param published what is done with removals of published files, whose bucket may be slow, or
   *     gone, while nothing waits for them
   */
  RemoveObjectsStep(
      ObjectStore store,
      IntConsumer removed,
      Function<ObjectRemoval, Emission<TrainingOrder>> published) {
    this.store = store;
    this.remover = new ObjectRemover(store);
    this.removed = removed;
    this.published = published;
  }

  @Override
  public Optional<Emission<TrainingOrder>> atOnce(DatasetOutput element) {
    TrainingOrder training = element.training();
    if (training != null) {
      return Optional.of(outputs -> outputs.main(training));
    }
    ObjectRemoval removal = element.removal();
    return removal != null && removal.step() == ObjectRemoval.Step.REMOVE
        ? Optional.of(published.apply(removal))
        : Optional.empty();
  }

  @Override
  public Emission<TrainingOrder> work(DatasetOutput element)
      throws IOException, InterruptedException {
    ObjectRemoval removal = element.removal();
    if (removal == null) {
      throw new IllegalStateException("Only removals are worked on");
    }
    int done = remover.take(removal);
    boolean gone =
        removal.step() == ObjectRemoval.Step.ERASE
            || removal.step() == ObjectRemoval.Step.REMOVE_BELOW;
    return outputs -> removed.accept(gone ? done : 0);
  }

  @Override
  public void close() {
    remover.close();
    store.close();
  }
}

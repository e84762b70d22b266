package io.relook.learning.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The threads of one training. Results keep the order of the items, so the number of threads does
 * not change the model.
 */
public final class Workers implements AutoCloseable {

  private final ExecutorService threads;

  public Workers(int count) {
    threads =
        Executors.newFixedThreadPool(
            count,
            task -> {
              Thread thread = new Thread(task, "relook-training");
              thread.setDaemon(true);
              return thread;
            });
  }

  public interface Task<T, R> {
    R apply(T item) throws TrainingImpossibleException, IOException;
  }

  /**
   * Applies a task to every item. Returns or throws only after the last task has ended, so the
   * caller may then close the sessions that the tasks use.
   */
  public <T, R> List<R> map(List<T> items, Task<T, R> task)
      throws TrainingImpossibleException, IOException, InterruptedException {
    AtomicBoolean stopped = new AtomicBoolean();
    List<Future<Optional<R>>> futures = new ArrayList<>();
    for (T item : items) {
      futures.add(
          threads.submit(() -> stopped.get() ? Optional.empty() : Optional.of(task.apply(item))));
    }
    List<R> results = new ArrayList<>();
    Optional<Throwable> failure = Optional.empty();
    boolean interrupted = false;
    for (Future<Optional<R>> future : futures) {
      boolean waiting = true;
      while (waiting) {
        try {
          future.get().ifPresent(results::add);
          waiting = false;
        } catch (ExecutionException e) {
          stopped.set(true);
          failure =
              failure.isPresent()
                  ? failure
                  : Optional.of(Objects.requireNonNullElse(e.getCause(), e));
          waiting = false;
        } catch (InterruptedException e) {
          stopped.set(true);
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      throw new InterruptedException("The training was interrupted.");
    }
    if (failure.isPresent()) {
      throw rethrown(failure.get());
    }
    return results;
  }

  private static RuntimeException rethrown(Throwable cause)
      throws TrainingImpossibleException, IOException {
    if (cause instanceof TrainingImpossibleException impossible) {
      throw impossible;
    }
    if (cause instanceof IOException io) {
      throw io;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(cause);
  }

  /** Every map has returned before, so no task is running. */
  @Override
  public void close() {
    threads.shutdown();
  }
}

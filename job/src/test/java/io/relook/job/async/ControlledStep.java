package io.relook.job.async;

import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.util.OutputTag;

/**
 * A step whose elements end when the test says so. Negative numbers need no work; odd ones go to
 * the side.
 */
final class ControlledStep implements OrderedStep<Integer, String> {
  static final OutputTag<String> ODD = new OutputTag<>("odd") {};

  private static final Map<Integer, ControlledStep> STEPS = new ConcurrentHashMap<>();
  private static final AtomicInteger NEXT = new AtomicInteger();

  final int id = NEXT.incrementAndGet();
  final Queue<Integer> started = new ConcurrentLinkedQueue<>();
  final Queue<Integer> interrupted = new ConcurrentLinkedQueue<>();
  volatile boolean closed;

  private final Map<Integer, CompletableFuture<Integer>> ends = new ConcurrentHashMap<>();

  ControlledStep() {
    STEPS.put(id, this);
  }

  Factory<Integer, String> factory() {
    return new Lookup(id);
  }

  void end(int element) {
    of(element).complete(element);
  }

  void fail(int element, Throwable failure) {
    of(element).completeExceptionally(failure);
  }

  @Override
  public Optional<Emission<String>> atOnce(Integer element) {
    return element < 0 ? Optional.of(emission(element)) : Optional.empty();
  }

  @Override
  public Emission<String> work(Integer element) throws Exception {
    started.add(element);
    try {
      return emission(of(element).get());
    } catch (InterruptedException e) {
      interrupted.add(element);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    closed = true;
  }

  private CompletableFuture<Integer> of(int element) {
    return ends.computeIfAbsent(element, key -> new CompletableFuture<>());
  }

  private static Emission<String> emission(int element) {
    return outputs -> {
      if (element % 2 == 0) {
        outputs.main(Integer.toString(element));
      } else {
        outputs.side(ODD, Integer.toString(element));
      }
    };
  }

  /** Travels through Flink's configuration and finds the test's own step again. */
  private record Lookup(int id) implements Factory<Integer, String> {
    @Override
    public OrderedStep<Integer, String> open(RuntimeContext context) {
      ControlledStep step = STEPS.get(id);
      if (step == null) {
        throw new IllegalStateException("No step " + id);
      }
      return step;
    }
  }
}

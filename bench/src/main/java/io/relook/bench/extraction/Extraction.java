package io.relook.bench.extraction;

import io.relook.learning.backbone.Backbone;
import io.relook.learning.detectors.Detectors;
import io.relook.learning.features.OnnxFeatureExtractor;
import io.relook.learning.statistics.StatisticsExtractor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** Extracts features and statistics with several threads, as the product does. */
public final class Extraction implements AutoCloseable {
  private final OnnxFeatureExtractor extractor;
  private final StatisticsExtractor statisticsExtractor;
  private final ExecutorService workers;

  public Extraction(Backbone backbone, int area, int threads) {
    extractor = new OnnxFeatureExtractor(backbone, area, 1);
    statisticsExtractor = new Detectors(backbone.descriptor().taps()).statisticsExtractor();
    workers = Executors.newFixedThreadPool(threads);
  }

  /** A task for one item, run by any thread. */
  public interface Step<T, R> {
    R apply(T item) throws Exception;
  }

  public OnnxFeatureExtractor extractor() {
    return extractor;
  }

  public StatisticsExtractor statisticsExtractor() {
    return statisticsExtractor;
  }

  /**
   * Runs a step for every item. Results keep the order of the items.
   *
   * @param progress called after each item with the number of those done
   * @throws ExecutionException with what the first failed step threw
   */
  public <T, R> List<R> map(List<T> items, Step<T, R> step, IntConsumer progress)
      throws ExecutionException, InterruptedException {
    List<Future<R>> running = new ArrayList<>();
    for (T item : items) {
      running.add(workers.submit(() -> step.apply(item)));
    }
    List<R> results = new ArrayList<>();
    for (Future<R> future : running) {
      results.add(future.get());
      progress.accept(results.size());
    }
    return results;
  }

  /** Stops the threads first, because sessions must not be closed during a run. */
  @Override
  public void close() throws InterruptedException {
    workers.shutdownNow();
    try {
      workers.awaitTermination(1, TimeUnit.MINUTES);
    } finally {
      statisticsExtractor.close();
      extractor.close();
    }
  }
}

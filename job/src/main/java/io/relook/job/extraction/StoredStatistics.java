package io.relook.job.extraction;

import io.relook.learning.features.Features;
import io.relook.learning.statistics.StatisticsExtractor;

/**
 * What trainings need of a picture, made once from its features. Safe for use by several threads.
 */
interface StoredStatistics extends AutoCloseable {

  /** The stored form of {@link io.relook.learning.statistics.PictureStatistics}. */
  byte[] of(Features features);

  @Override
  void close();

  static StoredStatistics by(StatisticsExtractor summarizer) {
    return new StoredStatistics() {
      @Override
      public byte[] of(Features features) {
        return summarizer.of(features).toBytes();
      }

      @Override
      public void close() {
        summarizer.close();
      }
    };
  }
}

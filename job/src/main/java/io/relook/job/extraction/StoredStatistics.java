package io.relook.job.extraction;

import io.relook.learning.features.Features;
import io.relook.learning.statistics.StatisticsExtractor;

/**
 * Makes the picture statistics that trainings need, once for each picture, from its features. Safe
 * for use by several threads.
 */
interface StoredStatistics extends AutoCloseable {

  /** The stored form of {@link io.relook.learning.statistics.PictureStatistics}. */
  byte[] of(Features features);

  @Override
  void close();

  /** Picture statistics that an extractor makes; closed with it. */
  static StoredStatistics by(StatisticsExtractor extractor) {
    return new StoredStatistics() {
      @Override
      public byte[] of(Features features) {
        return extractor.of(features).toBytes();
      }

      @Override
      public void close() {
        extractor.close();
      }
    };
  }
}

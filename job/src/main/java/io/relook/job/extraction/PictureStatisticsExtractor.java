package io.relook.job.extraction;

import io.relook.learning.features.Features;
import io.relook.learning.heads.Summarizer;

/**
 * What trainings need of a picture, made once from its features. Safe for use by several threads.
 */
interface PictureStatisticsExtractor extends AutoCloseable {

  /** The stored form of {@link io.relook.learning.heads.PictureSummary}. */
  byte[] of(Features features);

  @Override
  void close();

  static PictureStatisticsExtractor by(Summarizer summarizer) {
    return new PictureStatisticsExtractor() {
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

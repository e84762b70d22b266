package io.relook.learning.data;

import java.io.IOException;
import java.util.Optional;

/**
 * Loads the stored statistics of one picture ({@link
 * io.relook.learning.statistics.PictureStatistics}). Several threads may call it.
 */
@FunctionalInterface
public interface StatisticsSource {

  /** Nothing is stored: the training computes the statistics from the features. */
  StatisticsSource NONE = Optional::empty;

  /** The stored form, or nothing where there is none. */
  Optional<byte[]> load() throws IOException;
}

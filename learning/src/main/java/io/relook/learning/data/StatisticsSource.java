package io.relook.learning.data;

import java.io.IOException;
import java.util.Optional;

/**
 * Where the stored summary of one picture comes from ({@link
 * io.relook.learning.statistics.PictureStatistics}); loaded when needed, by several threads.
 */
@FunctionalInterface
public interface StatisticsSource {

  /** None is stored: the summary is made from features. */
  StatisticsSource NONE = Optional::empty;

  /** The stored form, or nothing where there is none. */
  Optional<byte[]> load() throws IOException;
}

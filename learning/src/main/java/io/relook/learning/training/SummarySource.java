package io.relook.learning.training;

import java.io.IOException;
import java.util.Optional;

/**
 * Where the stored summary of one picture comes from ({@link
 * io.relook.learning.heads.PictureSummary}); loaded when needed, by several threads.
 */
@FunctionalInterface
public interface SummarySource {

  /** None is stored: the summary is made from features. */
  SummarySource NONE = Optional::empty;

  /** The stored form, or nothing where there is none. */
  Optional<byte[]> load() throws IOException;
}

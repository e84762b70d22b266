package io.relook.job.dataset;

import io.relook.job.training.ManifestLine.Side;
import io.relook.wire.DatasetType;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What is remembered of one project's data set. */
interface DatasetState {

  Optional<DatasetEntry> entry(String sourceRef);

  Iterable<DatasetEntry> entriesInAnyOrder();

  void put(DatasetEntry entry);

  void remove(String sourceRef);

  /** Side that a picture's bytes got first in a training. */
  Optional<Side> sideOfBytes(String digest);

  /** Remembers a side; TRAIN is never overwritten, for what was learned from stays out of test. */
  void rememberSide(String digest, Side side);

  /**
   * Changes the counts of a data set.
   *
   * @param at record time, when the data set has just begun to exist
   */
  void count(DatasetType dataset, long at, UnaryOperator<DatasetCounts> change);
}

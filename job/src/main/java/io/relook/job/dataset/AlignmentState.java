package io.relook.job.dataset;

import io.relook.job.domain.ImageChange;
import java.util.Map;

/** What is remembered of one project's cuts. */
interface AlignmentState {

  /** The current alignment; {@link CutAlignment#NONE} when no change waits for a cut. */
  CutAlignment alignment();

  void put(CutAlignment alignment);

  /** Changes that wait for a cut, in the order they came. */
  Iterable<ImageChange> buffered();

  void buffer(ImageChange change);

  /** Ends the alignment: no change waits for a cut any more. */
  void endAlignment();

  boolean isApplied(String cutId);

  /** Ids of the cuts that were applied, with the record time of their commands. */
  Iterable<Map.Entry<String, Long>> appliedCuts();

  void rememberApplied(String cutId, long timestamp);

  void forgetApplied(String cutId);

  /** The incarnation whose cuts were applied; {@link Incarnation#UNKNOWN} before the first cut. */
  Incarnation incarnation();

  void put(Incarnation incarnation);
}

package io.relook.job.dataset;

import io.relook.job.domain.ImageChange;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is remembered of one project's cuts. */
interface AlignmentState {

  /** The current alignment; {@link CutAlignment#NONE} when no change waits for a cut. */
  CutAlignment alignment();

  void put(CutAlignment alignment);

  /** Partitions of which changes or markers wait for a cut. */
  Set<Integer> bufferedPartitions();

  /** The change or marker of a partition that waits longest. */
  Optional<BufferedChange> firstBuffered(int partition);

  /** Puts a change or marker behind those of its partition. */
  void buffer(ImageChange change);

  void removeFirstBuffered(int partition);

  /** Ends the alignment; what waited is still buffered. */
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

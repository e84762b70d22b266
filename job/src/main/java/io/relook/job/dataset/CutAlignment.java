package io.relook.job.dataset;

import io.relook.wire.CutMarker;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Aligns cut markers as Flink aligns checkpoint barriers: once a marker has come from a partition,
 * the project's later records from that partition wait until a marker has come from all; then the
 * command is applied. So a command sees exactly the records before its markers.
 *
 * <p>Markers stand in the same order in every partition, so normally all partitions show the same
 * cut. They do not on a replay whose oldest records have expired, in some partitions more than in
 * others: a partition that shows a later cut has lost the marker of an earlier one. Therefore any
 * marker stops its partition, and the earliest cut shown is applied first; no partition waits for a
 * marker that cannot come.
 *
 * <p>Immutable; {@link #offer} returns the alignment after the record, and what to do with the
 * record.
 *
 * @param cutId the earliest cut of which a marker has come; empty when none has
 * @param sequence its place in the order of the project's cuts
 * @param partitions number of partitions that got a marker of it: the first of the topic, or one
 *     that may be any
 * @param stopped partitions from which a marker has come, of this cut or of a later one
 */
public record CutAlignment(String cutId, long sequence, int partitions, Set<Integer> stopped) {

  /** No cut is waited for. */
  static final CutAlignment NONE = new CutAlignment("", 0, 0, Set.of());

  /**
   * The order of cuts is that of their sequences. Markers from before sequences were known have 0,
   * so they come first; among them, a cut is named after its command's place in the log, and within
   * a partition of the command topic that is the order of the offsets.
   */
  private static final Comparator<Cut> ORDER =
      Comparator.comparingLong(Cut::sequence)
          .thenComparingInt(cut -> cut.id().length())
          .thenComparing(Cut::id);

  /**
   * A cut, as its markers describe it.
   *
   * @param sequence its place in the order of the project's cuts
   * @param partitions number of partitions that got a marker of it
   */
  record Cut(String id, long sequence, int partitions) {
    static Cut of(CutMarker marker) {
      return new Cut(marker.getCutId(), marker.getSequence(), marker.getPartitions());
    }
  }

  /** What to do with a record. */
  enum Verdict {
    /** Apply it now. */
    APPLY,
    /** Buffer it until a cut is applied. */
    BUFFER,
    /**
     * Every partition has shown a marker: apply the earliest cut, then offer what was buffered and
     * this marker again, in the order they came.
     */
    COMPLETE,
    /** A marker of a cut that has been applied, or of another incarnation of the project. */
    IGNORE
  }

  /** The alignment after a record, and what to do with the record. */
  record Step(CutAlignment after, Verdict verdict) {}

  boolean isWaiting() {
    return !stopped.isEmpty();
  }

  /** Offers a record that is not a marker. */
  Step offer(int partition) {
    return new Step(this, stopped.contains(partition) ? Verdict.BUFFER : Verdict.APPLY);
  }

  /**
   * Offers a marker.
   *
   * @param ignored whether its cut has been applied, or is of another incarnation of the project
   */
  Step offer(int partition, Cut cut, boolean ignored) {
    if (stopped.contains(partition)) {
      return new Step(this, Verdict.BUFFER);
    }
    if (ignored) {
      return new Step(this, Verdict.IGNORE);
    }
    Set<Integer> more = new TreeSet<>(stopped);
    more.add(partition);
    boolean earliest = !isWaiting() || ORDER.compare(cut, new Cut(cutId, sequence, partitions)) < 0;
    CutAlignment after =
        earliest
            ? new CutAlignment(cut.id(), cut.sequence(), cut.partitions(), more)
            : new CutAlignment(cutId, sequence, partitions, more);
    // A cut of one partition stands in the project's own, whichever that is.
    boolean complete =
        after.partitions() == 1 || IntStream.range(0, after.partitions()).allMatch(more::contains);
    return new Step(after, complete ? Verdict.COMPLETE : Verdict.BUFFER);
  }
}

package io.relook.job.dataset;

import java.util.Set;
import java.util.TreeSet;

/**
 * Aligns cut markers as Flink aligns checkpoint barriers: once a project's marker has come from a
 * partition, that project's later records from that partition wait until the marker has come from
 * all; then the command is applied. So a command sees exactly what stands before its markers.
 *
 * <p>Immutable; {@link #offer} answers with the alignment after the record and what to do with it.
 *
 * @param cutId the cut that is waited for; empty when none is
 * @param partitions number of partitions that got a marker of it
 * @param arrived partitions from which its marker has come
 * @param blocked further partitions whose next record is a marker of a later cut. They occur only
 *     where this cut's marker cannot come any more, such as on a replay whose oldest records have
 *     expired
 */
public record CutAlignment(
    String cutId, int partitions, Set<Integer> arrived, Set<Integer> blocked) {

  /** No cut is waited for. */
  static final CutAlignment NONE = new CutAlignment("", 0, Set.of(), Set.of());

  /** What to do with a record. */
  enum Verdict {
    /** Apply it now. */
    APPLY,
    /** Keep it until the cut is complete. */
    WITHHOLD,
    /** A marker that was expected; others are still to come. */
    WAIT,
    /** The last marker: apply the command, then what was withheld, in order. */
    COMPLETE,
    /** A marker of a cut that has been applied, written again by a replay. */
    IGNORE
  }

  /** The alignment after a record, and what to do with the record. */
  record Step(CutAlignment after, Verdict verdict) {}

  boolean isWaiting() {
    return !cutId.isEmpty();
  }

  /** Offers a record that is no marker. */
  Step offer(int partition) {
    boolean waits = arrived.contains(partition) || blocked.contains(partition);
    return new Step(this, waits ? Verdict.WITHHOLD : Verdict.APPLY);
  }

  /**
   * Offers a marker.
   *
   * @param applied whether the marker's cut has been applied before
   */
  Step offer(int partition, String markerCutId, int markerPartitions, boolean applied) {
    if (arrived.contains(partition) || blocked.contains(partition)) {
      return new Step(this, Verdict.WITHHOLD);
    }
    if (applied) {
      return new Step(this, Verdict.IGNORE);
    }
    if (!isWaiting()) {
      return arrive(new CutAlignment(markerCutId, markerPartitions, Set.of(), Set.of()), partition);
    }
    if (cutId.equals(markerCutId)) {
      return arrive(this, partition);
    }
    return new Step(
        new CutAlignment(cutId, partitions, arrived, plus(blocked, partition)), Verdict.WITHHOLD);
  }

  private static Step arrive(CutAlignment alignment, int partition) {
    Set<Integer> arrived = plus(alignment.arrived(), partition);
    if (arrived.size() == alignment.partitions()) {
      return new Step(NONE, Verdict.COMPLETE);
    }
    return new Step(
        new CutAlignment(alignment.cutId(), alignment.partitions(), arrived, alignment.blocked()),
        Verdict.WAIT);
  }

  private static Set<Integer> plus(Set<Integer> set, int element) {
    Set<Integer> more = new TreeSet<>(set);
    more.add(element);
    return more;
  }
}

package io.relook.job.dataset;

import io.relook.job.check.ImageRules;
import io.relook.job.dataset.CutAlignment.Cut;
import io.relook.job.dataset.CutAlignment.Step;
import io.relook.job.dataset.CutAlignment.Verdict;
import io.relook.job.domain.ImageChange;
import io.relook.wire.CutMarker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * Buffers changes while a cut is aligned ({@link CutAlignment}), and passes them on in order: first
 * the changes before the cut's markers, then the cut, then the buffered changes, which may align
 * the next cut. Pure.
 *
 * <p>Changes wait in one queue for each partition. When a cut is applied, each queue is taken up to
 * its next marker, in the order of arrival over all queues; what stands behind that marker is not
 * touched. So each change is written once and read once, however many cuts it waits for.
 */
final class AlignmentBuffer {

  /**
   * How long the ids of applied cuts are remembered, after the record time of their commands. The
   * check takes no marker that is older ({@link ImageRules#OLDEST_MARKER}); the day more is for
   * brokers whose clocks differ.
   */
  static final long CUTS_REMEMBERED_MILLIS = ImageRules.OLDEST_MARKER.plusDays(1).toMillis();

  private AlignmentBuffer() {}

  /** What happens to changes and cuts whose turn has come. */
  interface Target {
    void apply(ImageChange change) throws Exception;

    /**
     * @param marker one of the cut's markers, which are all alike
     */
    void applyCut(ImageChange marker) throws Exception;

    /** A change that is not a marker begins to wait for a cut. */
    void buffered(ImageChange change);

    /** A change that is not a marker waits no longer; it is applied next. */
    void released(ImageChange change);

    /** A marker is of another incarnation of the project, and ignored. */
    void otherIncarnation(CutMarker marker);
  }

  /** Takes the next change of a partition, in the order of its offsets. */
  static void offer(AlignmentState state, ImageChange arrived, Target target) throws Exception {
    Verdict verdict = align(state, arrived);
    if (verdict == Verdict.APPLY) {
      target.apply(arrived);
    } else if (verdict == Verdict.IGNORE) {
      ignored(state, arrived, target);
    } else {
      // Not the bytes of a picture, which is stored: a rejection reads them again.
      ImageChange waiting = arrived.withoutLargeValue();
      if (arrived.cut() == null) {
        target.buffered(waiting);
      }
      state.buffer(waiting);
      if (verdict == Verdict.COMPLETE) {
        applyCuts(state, target);
      }
    }
  }

  /** Applies the cut that all partitions have reached, and what follows from it. */
  private static void applyCuts(AlignmentState state, Target target) throws Exception {
    boolean complete = true;
    while (complete) {
      ImageChange marker = marker(state);
      remember(state, Objects.requireNonNull(marker.cut()));
      target.applyCut(marker);
      state.endAlignment();
      complete = release(state, target);
    }
  }

  /** A marker of the cut that all partitions have reached; its markers are all alike. */
  private static ImageChange marker(AlignmentState state) {
    String cutId = state.alignment().cutId();
    return state.bufferedPartitions().stream()
        .flatMap(partition -> state.firstBuffered(partition).stream())
        .filter(first -> isMarkerOf(cutId, first.change()))
        .min(Comparator.comparingLong(BufferedChange::arrival))
        .orElseThrow()
        .change();
  }

  private static boolean isMarkerOf(String cutId, ImageChange change) {
    CutMarker marker = change.cut();
    return marker != null && marker.getCutId().equals(cutId);
  }

  /**
   * Takes what waited, up to the next marker of each partition.
   *
   * @return whether all partitions have reached the next cut
   */
  private static boolean release(AlignmentState state, Target target) throws Exception {
    Queue<BufferedChange> next =
        new PriorityQueue<>(Comparator.comparingLong(BufferedChange::arrival));
    state.bufferedPartitions().forEach(p -> state.firstBuffered(p).ifPresent(next::add));
    while (!next.isEmpty()) {
      ImageChange change = next.remove().change();
      int partition = change.origin().partition();
      Verdict verdict = align(state, change);
      if (verdict == Verdict.COMPLETE) {
        return true;
      }
      // A marker that stops its partition stays the first of its queue.
      if (verdict != Verdict.BUFFER) {
        state.removeFirstBuffered(partition);
        if (verdict == Verdict.APPLY) {
          target.released(change);
          target.apply(change);
        } else {
          ignored(state, change, target);
        }
        state.firstBuffered(partition).ifPresent(next::add);
      }
    }
    return false;
  }

  private static void ignored(AlignmentState state, ImageChange change, Target target) {
    CutMarker marker = Objects.requireNonNull(change.cut());
    if (!state.isApplied(marker.getCutId())) {
      target.otherIncarnation(marker);
    }
  }

  private static Verdict align(AlignmentState state, ImageChange change) {
    CutAlignment before = state.alignment();
    CutMarker cut = change.cut();
    int partition = change.origin().partition();
    Step step =
        cut == null
            ? before.offer(partition)
            : before.offer(partition, Cut.of(cut), isIgnored(state, cut));
    if (!step.after().equals(before)) {
      state.put(step.after());
    }
    return step.verdict();
  }

  private static boolean isIgnored(AlignmentState state, CutMarker cut) {
    return state.isApplied(cut.getCutId()) || !state.incarnation().takes(cut);
  }

  private static void remember(AlignmentState state, CutMarker cut) {
    long cutTime = cut.getAdmittedAt().toEpochMilli();
    List<String> old = new ArrayList<>();
    for (Map.Entry<String, Long> applied : state.appliedCuts()) {
      if (cutTime - applied.getValue() > CUTS_REMEMBERED_MILLIS) {
        old.add(applied.getKey());
      }
    }
    old.forEach(state::forgetApplied);
    state.rememberApplied(cut.getCutId(), cutTime);
    state.put(state.incarnation().after(cut));
  }
}

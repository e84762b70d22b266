package io.relook.job.dataset;

import io.relook.job.check.ImageRules;
import io.relook.job.dataset.CutAlignment.Cut;
import io.relook.job.dataset.CutAlignment.Step;
import io.relook.job.dataset.CutAlignment.Verdict;
import io.relook.job.domain.ImageChange;
import io.relook.wire.CutMarker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Buffers changes while a cut is aligned ({@link CutAlignment}), and passes them on in order: first
 * the changes before the cut's markers, then the cut, then the buffered changes, which may align
 * the next cut. Pure.
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

    /** A marker is of another incarnation of the project, and ignored. */
    void otherIncarnation(CutMarker marker);
  }

  /** Takes the next change of a partition, in the order of its offsets. */
  static void offer(AlignmentState state, ImageChange arrived, Target target) throws Exception {
    Deque<ImageChange> pending = new ArrayDeque<>();
    pending.add(arrived);
    while (!pending.isEmpty()) {
      ImageChange change = pending.poll();
      Verdict verdict = align(state, change);
      if (verdict == Verdict.APPLY) {
        target.apply(change);
      } else if (verdict == Verdict.BUFFER) {
        if (change.cut() == null) {
          target.buffered(change);
        }
        state.buffer(change);
      } else if (verdict == Verdict.IGNORE) {
        CutMarker marker = Objects.requireNonNull(change.cut());
        if (!state.isApplied(marker.getCutId())) {
          target.otherIncarnation(marker);
        }
      } else {
        List<ImageChange> released = new ArrayList<>();
        state.buffered().forEach(released::add);
        released.add(change);
        ImageChange marker = earliest(released, state.alignment().cutId());
        remember(state, Objects.requireNonNull(marker.cut()));
        target.applyCut(marker);
        state.endAlignment();
        // In each partition, the buffered changes come before the other pending ones.
        for (int i = released.size() - 1; i >= 0; i--) {
          pending.addFirst(released.get(i));
        }
      }
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

  /** A marker of the cut that all partitions have reached; its markers are all alike. */
  private static ImageChange earliest(List<ImageChange> released, String cutId) {
    return released.stream()
        .filter(change -> change.cut() != null && change.cut().getCutId().equals(cutId))
        .findFirst()
        .orElseThrow();
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

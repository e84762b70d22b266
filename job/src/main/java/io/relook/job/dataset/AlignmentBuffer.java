package io.relook.job.dataset;

import io.relook.job.dataset.CutAlignment.Step;
import io.relook.job.dataset.CutAlignment.Verdict;
import io.relook.job.domain.ImageChange;
import io.relook.wire.CutMarker;
import io.relook.wire.DeleteProject;
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

  /** Longer than the image topic keeps its records: a replay never reads an older marker. */
  static final long CUTS_REMEMBERED_MILLIS = 45L * 24 * 3_600_000;

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
      } else if (verdict == Verdict.COMPLETE) {
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
            : before.offer(
                partition, cut.getCutId(), cut.getPartitions(), state.isApplied(cut.getCutId()));
    if (!step.after().equals(before)) {
      state.put(step.after());
    }
    return step.verdict();
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
    if (cut.getCommand() instanceof DeleteProject) {
      // Markers stand in the same order in every partition, so no marker of an earlier cut can
      // follow.
      state.forgetAllApplied();
    }
    state.rememberApplied(cut.getCutId(), cutTime);
  }
}

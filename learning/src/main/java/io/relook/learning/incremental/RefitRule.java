package io.relook.learning.incremental;

import io.relook.learning.incremental.Lineage.Refit;
import java.util.Optional;
import java.util.Set;

/** Decides whether a training may build on a parent's state or is from scratch. Pure. */
final class RefitRule {

  /** Share of the pictures of the last training from scratch that may have come or gone since. */
  private static final double MAX_CHANGES = 0.5;

  /** Of those that went: a coreset does not know which patches theirs once stood for. */
  private static final double MAX_REMOVED = 0.2;

  private RefitRule() {}

  /**
   * Why a training must not build on this state; empty if it may.
   *
   * @param refitEvery as of {@link ParentTraining}
   * @param fingerprint of this training, see {@link TrainingState}
   * @param good digests of its good pictures
   */
  static Optional<Refit> refit(
      TrainingState state, int refitEvery, String fingerprint, Set<String> good) {
    // All are scored anew, so nothing of the parent's would be kept but its patches, which are the
    // approximate part.
    if (good.size() <= ScoringPlan.CORRECTED_UP_TO) {
      return Optional.of(Refit.FEW_PICTURES);
    }
    if (!state.fingerprint().equals(fingerprint)) {
      return Optional.of(Refit.OTHER_SETTINGS);
    }
    if (state.generation() + 1 >= refitEvery) {
      return Optional.of(Refit.SCHEDULED);
    }
    return state.changes() + changes(state, good) > MAX_CHANGES * state.base()
            || removed(state, good) > MAX_REMOVED * state.base()
        ? Optional.of(Refit.TOO_MANY_CHANGES)
        : Optional.empty();
  }

  /** Good pictures that came or went since the state was left. */
  static int changes(TrainingState state, Set<String> good) {
    int before = state.folds().stream().mapToInt(fold -> fold.pictures().size()).sum();
    int removed = removed(state, good);
    return removed + good.size() - (before - removed);
  }

  private static int removed(TrainingState state, Set<String> good) {
    return (int)
        state.folds().stream()
            .flatMap(fold -> fold.pictures().stream())
            .filter(digest -> !good.contains(digest))
            .count();
  }
}

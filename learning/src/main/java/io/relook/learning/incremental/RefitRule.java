package io.relook.learning.incremental;

import io.relook.learning.incremental.Lineage.Refit;
import java.util.Optional;
import java.util.Set;

/** Decides whether a training may build on a parent's state or must be from scratch. Pure. */
final class RefitRule {

  /** Pictures added or removed since the last refit, as a share of its pictures, at most. */
  private static final double MAX_CHANGES = 0.5;

  /**
   * Pictures removed, as a share of the last refit's, at most. A coreset dropped patches because
   * others were near; when those are removed, nothing stands for the dropped ones.
   */
  private static final double MAX_REMOVED = 0.2;

  private RefitRule() {}

  /**
   * Why a training must not build on this state; empty if it may.
   *
   * @param refitEvery as of {@link ParentTraining}
   * @param fingerprint of this training, see {@link TrainingState}
   * @param good digests of this training's good pictures
   */
  static Optional<Refit> refit(
      TrainingState state, int refitEvery, String fingerprint, Set<String> good) {
    // All pictures would be scored again, so only the parent's patches could be used, and they are
    // the approximate part.
    if (good.size() <= ScoringPlan.CORRECTED_UP_TO) {
      return Optional.of(Refit.FEW_PICTURES);
    }
    if (!state.fingerprint().equals(fingerprint)) {
      return Optional.of(Refit.OTHER_SETTINGS);
    }
    SinceRefit since = state.sinceRefit();
    if (since.trainings() + 1 >= refitEvery) {
      return Optional.of(Refit.SCHEDULED);
    }
    return since.changes() + changes(state, good) > MAX_CHANGES * since.goodPictures()
            || removed(state, good) > MAX_REMOVED * since.goodPictures()
        ? Optional.of(Refit.TOO_MANY_CHANGES)
        : Optional.empty();
  }

  /** Good pictures added or removed since this state was written. */
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

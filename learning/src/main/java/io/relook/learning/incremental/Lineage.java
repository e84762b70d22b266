package io.relook.learning.incremental;

import java.util.Optional;

/**
 * The parent of a training, or why it has none.
 *
 * @param parentModelDigest SHA-256 of the parent's model; empty after a training from scratch
 * @param generation number of trainings since the last one from scratch, which has 0
 * @param refit why this training is from scratch; empty when it has a parent
 */
public record Lineage(Optional<String> parentModelDigest, int generation, Optional<Refit> refit) {

  static Lineage fromScratch(Refit refit) {
    return new Lineage(Optional.empty(), 0, Optional.of(refit));
  }

  static Lineage of(ParentTraining parent, TrainingState state) {
    return new Lineage(
        Optional.of(parent.modelDigest()), state.sinceRefit().trainings() + 1, Optional.empty());
  }

  /** Why a training is from scratch. The names are public: provenance carries them. */
  public enum Refit {
    /** This project has no earlier training, or its state is gone. */
    NO_PARENT,
    /** There are so few good pictures that all would be scored again in any case. */
    FEW_PICTURES,
    /** The parent's state is damaged or of another version of relook. */
    PARENT_UNREADABLE,
    /** Backbone, execution provider, area, seed, detectors or the number of folds differ. */
    OTHER_SETTINGS,
    /** The configured number of incremental trainings is reached. */
    SCHEDULED,
    /** Too many pictures were added or removed since the last training from scratch. */
    TOO_MANY_CHANGES,
    /** A removed picture is erased, so its sums cannot be subtracted. */
    REMOVED_PICTURE_ERASED
  }
}

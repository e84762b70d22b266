package io.relook.learning.incremental;

import java.util.Optional;

/**
 * What a training built on.
 *
 * @param parentModelDigest SHA-256 of the parent's model; empty from scratch
 * @param generation trainings since one from scratch; 0 is one itself
 * @param refit why it is from scratch; empty when it built on a parent
 */
public record Lineage(Optional<String> parentModelDigest, int generation, Optional<Refit> refit) {

  static Lineage fromScratch(Refit refit) {
    return new Lineage(Optional.empty(), 0, Optional.of(refit));
  }

  static Lineage of(ParentTraining parent, TrainingState state) {
    return new Lineage(Optional.of(parent.modelDigest()), state.generation() + 1, Optional.empty());
  }

  /** Why a training is from scratch. */
  public enum Refit {
    /** There is no earlier training of this project, or what it left is gone. */
    NO_PARENT,
    /** There are so few good pictures that all are scored anew in any case. */
    FEW_PICTURES,
    /** What the parent left is damaged, or of another version of relook. */
    PARENT_UNREADABLE,
    /** Backbone, execution provider, area, seed, heads, or the number of folds differ. */
    OTHER_SETTINGS,
    /** It was its turn. */
    SCHEDULED,
    /** Too many pictures came or went since the last training from scratch. */
    TOO_MANY_CHANGES,
    /** A picture was removed and erased, so it cannot be taken out of the sums. */
    REMOVED_PICTURE_ERASED
  }
}

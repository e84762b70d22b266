package io.relook.learning.validation;

import java.util.Set;

/**
 * Names one fit of the detectors by the folds of training pictures that it leaves out.
 *
 * @param leftOut indices of folds: none for the shipped detectors, one for those that score that
 *     fold, two for those by which the bias of out-of-fold scores is estimated
 */
public record FoldFit(Set<Integer> leftOut) {

  /** The fit to all training pictures. Its detectors go into the model file. */
  public static final FoldFit SHIPPED = new FoldFit(Set.of());

  public FoldFit {
    leftOut = Set.copyOf(leftOut);
  }

  /** Whether detectors that learn from anomalies are part of it. The bias is not theirs. */
  boolean hasSupervisedDetectors() {
    return leftOut.size() < 2;
  }
}

package io.relook.learning.heads;

import io.relook.learning.features.Features;
import java.util.List;

/**
 * A kind of head with its settings. Fitting has two parts, so that what depends on one picture
 * alone is done once and shared by all folds.
 *
 * @param <C> what one picture contributes
 */
public interface Head<C> extends AutoCloseable {

  /** Names the kind in model cards and provenance. */
  String name();

  /** What one picture contributes to fits. May be called by several threads. */
  C contribution(Features features);

  /**
   * Fits a head. May be called by several threads; equal arguments give equal heads.
   *
   * @param good contributions of good pictures, at least one
   * @param anomalous contributions of anomalous pictures; a head that cannot use them ignores them
   */
  FittedHead fit(List<C> good, List<C> anomalous, long seed);

  @Override
  void close();
}

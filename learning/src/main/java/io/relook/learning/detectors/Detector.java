package io.relook.learning.detectors;

/**
 * A kind of anomaly detector with its settings, fitted in closed form from {@link DetectorInput}.
 * Stateless.
 */
public interface Detector {

  /** The kind's public name, in model cards and provenance. */
  String name();

  /** Whether it is fitted to anomalous pictures too; it then needs at least one. */
  boolean learnsFromAnomalies();

  /** Fits the detector. Safe for use by several threads; equal inputs give equal results. */
  FittedDetector fit(DetectorInput input);
}

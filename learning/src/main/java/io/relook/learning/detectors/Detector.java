package io.relook.learning.detectors;

/** A kind of head with its settings; it is fitted from {@link DetectorInput}. Stateless. */
public interface Detector {

  /** Names the kind in model cards and provenance. */
  String name();

  /** Whether it learns from anomalous pictures, of which it then needs at least one. */
  boolean learnsFromAnomalies();

  /** Fits a head. May be called by several threads; equal evidence gives equal heads. */
  FittedDetector fit(DetectorInput evidence);
}

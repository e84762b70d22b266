package io.relook.local.sample;

/** Kinds of defects of a part. The folder name is also the name of the defect class. */
public enum DefectKind {
  /** A thin line, from barely visible to deep. */
  SCRATCH("scratch"),
  /** A round or long hollow. */
  DENT("dent"),
  /** A bolt hole that was not drilled, or only started. */
  MISSING_HOLE("missing_hole"),
  /** Oil, rust or coolant on the surface. */
  STAIN("stain"),
  /** A piece broken from the rim. */
  CHIP("chip");

  private final String folder;

  DefectKind(String folder) {
    this.folder = folder;
  }

  /** The name of the folder of such pictures, and the start of their names. */
  public String folder() {
    return folder;
  }
}

package io.relook.job.domain;

/** Which partitions of the image topic the images of one project may stand in. */
public enum Partitioning {
  /** Any: cuts are written into all partitions, so any partitioner of the producers will do. */
  ANY("any"),
  /**
   * The one that Kafka's own partitioner gives the key account/project: cuts are written only
   * there.
   */
  BY_KEY("by-key");

  private final String value;

  Partitioning(String value) {
    this.value = value;
  }

  /** As the option spells it. */
  @Override
  public String toString() {
    return value;
  }
}

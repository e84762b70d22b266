package io.relook.job.state;

/** A decision failed by a defect of relook, and every write that it had made was taken back. */
public final class RolledBackException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Throwable defect;

  RolledBackException(Throwable defect) {
    super("A decision failed and was rolled back", defect);
    this.defect = defect;
  }

  /** What the decision threw. */
  public Throwable defect() {
    return defect;
  }
}

package io.relook.schemas.manifest;

/** What is wrong with a line, as the predicate of a sentence about it. */
public final class BadLine extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param predicate continues "Line 3 of the manifest"
   */
  public BadLine(String predicate) {
    super(predicate);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}

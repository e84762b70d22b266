package io.relook.job.domain;

import io.relook.wire.S3Object;
import java.util.List;

/**
 * Objects that nothing refers to any more, or that are referred to again.
 *
 * @param account account that owns the project
 * @param project project they belong to
 * @param step what to do with them
 * @param objects the objects, where they are referred to; those that are gone do not matter
 * @param reason why, for the log
 */
public record ObjectRemoval(
    String account, String project, Step step, List<S3Object> objects, String reason) {

  /**
   * What is done with an object. One that could be sent again at any moment is erased in two steps:
   * whoever sees it where it belongs may refer to it, and his reference may still be on its way
   * when the object is set aside. It brings the object back; who comes later finds nothing there
   * and writes it anew.
   */
  public enum Step {
    /** Removed at once: nobody can refer to it again. */
    REMOVE,
    /** Moved to where nobody looks for it. */
    SET_ASIDE,
    /** Moved back, unless it was written anew. */
    PUT_BACK,
    /** What was set aside is removed. */
    ERASE
  }
}

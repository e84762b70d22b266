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
   * What is done with an object. An object that could be sent again at any moment is erased in two
   * steps (soft delete). A message that is on its way may have found the object in its place and
   * refer to it: when it arrives, the object is restored. A message that looks later finds nothing
   * and writes the object again.
   */
  public enum Step {
    /** Removed at once: nobody can refer to it again. */
    REMOVE,
    /** Moved to trash. */
    TO_TRASH,
    /** Moved back from trash, unless it was written again. */
    RESTORE,
    /** Removed from trash. */
    ERASE
  }
}

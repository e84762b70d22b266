package io.relook.job.domain;

import io.relook.wire.S3Object;
import java.util.List;

/**
 * Objects to which nothing refers any more, or to which an image refers again.
 *
 * @param account account that owns the project
 * @param project project they belong to
 * @param step what to do with them
 * @param objects the objects at their usual keys, not at those in trash; objects that are gone are
 *     ignored
 * @param reason why, for the log
 */
public record ObjectRemoval(
    String account, String project, Step step, List<S3Object> objects, String reason) {

  /**
   * What is done with an object. A picture can be sent again at any moment, so its objects are
   * erased in two steps (soft delete). The extraction of a message may have found an object in its
   * place just before the object was moved to trash; when that message arrives, the object is
   * restored. The extraction of a later message finds no object and writes it again.
   */
  public enum Step {
    /** Removed at once: no later message can refer to it. */
    REMOVE,
    /** Moved to trash. */
    TO_TRASH,
    /** Moved back from trash, unless it was written again. */
    RESTORE,
    /** Removed from trash. */
    ERASE,
    /** Removed at once with all that begins with the key, in relook's own bucket. */
    REMOVE_BELOW
  }
}

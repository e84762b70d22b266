package io.relook.job.domain;

import org.jspecify.annotations.Nullable;

/**
 * What is known of an image whose picture or mask could not be read when the turn of its message
 * came.
 *
 * @param partition of the image's message
 * @param offset of the image's message
 * @param label whether the message only gives a new label or mask to a picture that is known
 * @param reason why it cannot be read, or why it is given up, as a sentence; null when it can be
 *     read by now
 * @param rejection with which code it is given up; null when it is not
 */
public record Deferral(
    int partition,
    long offset,
    boolean label,
    @Nullable String reason,
    @Nullable RejectionCode rejection) {

  /** The image cannot be read: it waits. */
  public static Deferral waits(int partition, long offset, boolean label, String reason) {
    return new Deferral(partition, offset, label, reason, null);
  }

  /** The image can be read by now. */
  public static Deferral over(int partition, long offset) {
    return new Deferral(partition, offset, false, null, null);
  }

  /** The image is given up. */
  public static Deferral givenUp(int partition, long offset, RejectionCode code, String reason) {
    return new Deferral(partition, offset, false, reason, code);
  }

  /** Whether picture or mask still cannot be read. */
  public boolean waits() {
    return reason != null && rejection == null;
  }
}

package io.relook.chaos;

/**
 * What was in flight immediately before a fault.
 *
 * @param trainings started and not ended
 * @param uncommitted records of open transactions on the topics that the job writes: between the
 *     last stable offset and the end
 * @param unanswered commands in the log without a committed answer
 */
record InFlight(int trainings, long uncommitted, int unanswered) {

  /** Whether a fault at this moment counts. */
  boolean counts() {
    return trainings > 0 || uncommitted > 0;
  }

  @Override
  public String toString() {
    return "%d trainings, %d uncommitted records, %d commands"
        .formatted(trainings, uncommitted, unanswered);
  }
}

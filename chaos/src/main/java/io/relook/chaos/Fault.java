package io.relook.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A fault that was injected.
 *
 * @param number from 1
 * @param what was done, in words
 * @param undisturbed whether no other fault overlapped with it or with its recovery
 */
record Fault(
    int number,
    FaultKind kind,
    String what,
    Instant at,
    InFlight inFlight,
    boolean undisturbed,
    Recovery recovery) {

  /**
   * Times from the fault to the next committed output of each pipeline; empty when it did not come.
   */
  record Recovery(Optional<Duration> control, Optional<Duration> data) {

    /** The longer of both times. */
    Optional<Duration> ofBoth() {
      return control.flatMap(c -> data.map(d -> c.compareTo(d) > 0 ? c : d));
    }
  }

  /** Whether something was in flight, so that the fault could do harm. */
  boolean counts() {
    return inFlight.counts();
  }
}

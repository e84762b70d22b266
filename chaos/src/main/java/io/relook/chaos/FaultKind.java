package io.relook.chaos;

import java.util.Locale;

/** Kinds of faults. */
enum FaultKind {
  KILL_TASK_MANAGER,
  KILL_LEADER,
  KILL_BROKER,
  KILL_STORE,
  FREEZE_TASK_MANAGER,
  FREEZE_LEADER,
  FREEZE_BROKER,
  FREEZE_STORE,
  STORE_ERRORS,
  STORE_THROTTLED,
  STORE_FULL,
  STORE_HALF_WRITTEN,
  STORE_SLOW,
  OBJECT_FAILS_FOR_EVER,
  BUCKET_UNAVAILABLE,
  GRANT_REVOKED,
  OWN_BUCKET_READ_ONLY,
  OWN_BUCKET_THROTTLED,
  CUT_BROKER,
  FORGED_MARKERS,
  NONSENSE,
  RESCALE;

  /** In words. */
  String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Twice for the kinds after which no process has to start again: these recover quickly. */
  int timesInARound() {
    return switch (this) {
      case KILL_TASK_MANAGER, KILL_LEADER, KILL_BROKER, KILL_STORE, RESCALE -> 1;
      default -> 2;
    };
  }

  /** Whether the time to the next committed output is reported. */
  boolean timed() {
    return this == KILL_TASK_MANAGER || this == KILL_LEADER || this == KILL_BROKER;
  }
}

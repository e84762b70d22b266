package io.relook.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The seeded script: which fault comes next, how long it lasts, and what follows it. Every round
 * has each kind once or twice, in a new order, so that a short run has many kinds.
 */
final class FaultScript {
  private final SplittableRandom random;
  private final List<FaultKind> round = new ArrayList<>();

  FaultScript(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /**
   * One step.
   *
   * @param victim chooses among several processes
   * @param lasts how long the fault lasts, if it has an end
   * @param parallelism for a restart
   * @param awaitRecovery whether the next fault waits until output is committed again
   * @param pause before the next fault
   */
  record Step(
      FaultKind kind,
      int victim,
      Duration lasts,
      int parallelism,
      boolean awaitRecovery,
      Duration pause) {}

  Step next() {
    if (round.isEmpty()) {
      for (FaultKind kind : FaultKind.values()) {
        round.addAll(Collections.nCopies(kind.timesInARound(), kind));
      }
      for (int i = round.size() - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        FaultKind swapped = round.get(i);
        round.set(i, round.get(j));
        round.set(j, swapped);
      }
    }
    FaultKind kind = round.remove(round.size() - 1);
    return new Step(
        kind,
        random.nextInt(1_000_000),
        Duration.ofMillis(1000 + random.nextInt(4500)),
        1 + random.nextInt(4),
        // A timed fault must recover undisturbed. Every second one of the others overlaps.
        kind.timed() || random.nextBoolean(),
        Duration.ofMillis(random.nextInt(2500)));
  }
}

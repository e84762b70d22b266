package io.relook.learning.heads;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one fit of all heads sees; banks that several heads use are made once. Used by one thread.
 */
public final class Evidence {

  private final Summary good;
  private final List<Summary> anomalous;
  private final long seed;
  private final Map<PatchSpace, Bank> banks = new HashMap<>();

  /**
   * @param good of at least one good picture
   * @param anomalous one of each anomalous picture
   */
  public Evidence(Summary good, List<Summary> anomalous, long seed) {
    this.good = good;
    this.anomalous = List.copyOf(anomalous);
    this.seed = seed;
  }

  Summary good() {
    return good;
  }

  List<Summary> anomalous() {
    return anomalous;
  }

  Bank bank(PatchSpace space) {
    return banks.computeIfAbsent(space, s -> Bank.of(s, good.sample(s), seed));
  }
}

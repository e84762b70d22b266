package io.relook.learning.detectors;

import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.statistics.PictureSetStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one fit of all heads sees; banks that several heads use are made once. Used by one thread.
 */
public final class DetectorInput {

  private final PictureSetStatistics good;
  private final List<PictureSetStatistics> anomalous;
  private final long seed;
  private final Map<PatchSpace, Bank> banks = new HashMap<>();

  /**
   * @param good of at least one good picture
   * @param anomalous one of each anomalous picture
   */
  public DetectorInput(PictureSetStatistics good, List<PictureSetStatistics> anomalous, long seed) {
    this.good = good;
    this.anomalous = List.copyOf(anomalous);
    this.seed = seed;
  }

  PictureSetStatistics good() {
    return good;
  }

  List<PictureSetStatistics> anomalous() {
    return anomalous;
  }

  Bank bank(PatchSpace space) {
    return banks.computeIfAbsent(space, s -> Bank.of(s, good.sample(s), seed));
  }
}

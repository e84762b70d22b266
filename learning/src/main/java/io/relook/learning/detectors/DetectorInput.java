package io.relook.learning.detectors;

import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.statistics.PictureSetStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one fit of all detectors gets. Banks that several detectors use are built once. Not safe for
 * use by several threads.
 */
public final class DetectorInput {

  private final PictureSetStatistics good;
  private final List<PictureSetStatistics> anomalous;
  private final long seed;
  private final Map<PatchSpace, Bank> banks = new HashMap<>();

  /**
   * @param good statistics of all good pictures together; of at least one
   * @param anomalous statistics of each anomalous picture
   * @param seed chooses the first row of each bank
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

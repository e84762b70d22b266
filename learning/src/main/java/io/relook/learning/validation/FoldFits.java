package io.relook.learning.validation;

import io.relook.learning.detectors.Detector;
import io.relook.learning.detectors.DetectorInput;
import io.relook.learning.detectors.FittedDetector;
import io.relook.learning.statistics.PictureSetStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Fits all detectors of a training: once to all folds, and for cross-validation to the others of a
 * fold that is held out. Safe for use by several threads.
 */
public final class FoldFits {

  private final List<Detector> detectors;
  private final List<PictureSetStatistics> good;
  private final List<PictureSetStatistics> anomalous;
  private final List<Integer> anomalousFolds;
  private final int folds;
  private final long seed;

  /**
   * @param good statistics of the good pictures of each fold
   * @param anomalous statistics of each anomalous picture used for fitting
   * @param anomalousFolds per anomalous picture, the fold of good pictures it is left out with
   */
  public FoldFits(
      List<Detector> detectors,
      List<PictureSetStatistics> good,
      List<PictureSetStatistics> anomalous,
      List<Integer> anomalousFolds,
      long seed) {
    this.detectors = detectors;
    this.good = good;
    this.anomalous = anomalous;
    this.anomalousFolds = anomalousFolds;
    this.folds = good.size();
    this.seed = seed;
  }

  /**
   * The fits whose detectors score these folds, {@link FoldFit#SHIPPED} first.
   *
   * @param corrected whether the fits of {@link #withoutTwo} are among them
   */
  public List<FoldFit> needed(Set<Integer> heldOutFolds, boolean corrected) {
    List<FoldFit> needed = new ArrayList<>();
    needed.add(FoldFit.SHIPPED);
    for (int fold : new TreeSet<>(heldOutFolds)) {
      if (!needed.contains(without(fold))) {
        needed.add(without(fold));
      }
      if (corrected) {
        needed.add(withoutTwo(fold));
      }
    }
    return needed;
  }

  /** The fit without a fold. A single fold cannot be left out: it is then the shipped one. */
  FoldFit without(int fold) {
    return folds == 1 ? FoldFit.SHIPPED : new FoldFit(Set.of(fold));
  }

  /** The fit without a fold and the next one; there are at least three folds. */
  FoldFit withoutTwo(int fold) {
    return new FoldFit(Set.of(fold, (fold + 1) % folds));
  }

  /** The fitted detectors, in the order of the detectors. */
  public List<FittedDetector> fit(FoldFit fit) {
    List<PictureSetStatistics> goodRest = new ArrayList<>();
    for (int f = 0; f < folds; f++) {
      if (!fit.leftOut().contains(f)) {
        goodRest.add(good.get(f));
      }
    }
    List<PictureSetStatistics> anomalousRest = new ArrayList<>();
    for (int i = 0; i < anomalous.size(); i++) {
      if (!fit.leftOut().contains(anomalousFolds.get(i))) {
        anomalousRest.add(anomalous.get(i));
      }
    }
    DetectorInput input =
        new DetectorInput(PictureSetStatistics.joined(goodRest), anomalousRest, seed);
    return detectors.stream()
        .filter(d -> fit.hasSupervisedDetectors() || !d.learnsFromAnomalies())
        .map(d -> d.fit(input))
        .toList();
  }
}

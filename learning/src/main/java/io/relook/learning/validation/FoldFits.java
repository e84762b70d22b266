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
 * All fits of a training, numbered: 0 leaves nothing out and ships; 1 to folds leave one fold out;
 * the next ones leave two, and only heads that learn from good pictures are fitted.
 */
public final class FoldFits {

  /** The fit that leaves nothing out. */
  static final int SHIPPED = 0;

  private final List<Detector> heads;
  private final List<PictureSetStatistics> good;
  private final List<PictureSetStatistics> anomalous;
  private final List<Integer> anomalousFolds;
  private final int folds;
  private final long seed;

  /**
   * @param good one of each fold
   * @param anomalousFolds of each anomalous picture, the fold of good ones it is left out with
   */
  public FoldFits(
      List<Detector> heads,
      List<PictureSetStatistics> good,
      List<PictureSetStatistics> anomalous,
      List<Integer> anomalousFolds,
      long seed) {
    this.heads = heads;
    this.good = good;
    this.anomalous = anomalous;
    this.anomalousFolds = anomalousFolds;
    this.folds = good.size();
    this.seed = seed;
  }

  /** Numbers of the fits that judge these folds, the shipped one first. */
  public List<Integer> numbers(Set<Integer> judged, boolean alsoTwoLess) {
    Set<Integer> numbers = new TreeSet<>();
    numbers.add(SHIPPED);
    for (int fold : judged) {
      numbers.add(judgeOf(fold));
      if (alsoTwoLess) {
        numbers.add(folds + judgeOf(fold));
      }
    }
    return List.copyOf(numbers);
  }

  public List<FittedDetector> fit(int number) {
    int left = number == SHIPPED || folds == 1 ? -1 : (number - 1) % folds;
    int alsoLeft = number > folds ? (left + 1) % folds : -1;
    List<PictureSetStatistics> rest = new ArrayList<>();
    for (int f = 0; f < folds; f++) {
      if (f != left && f != alsoLeft) {
        rest.add(good.get(f));
      }
    }
    List<PictureSetStatistics> restAnomalous = new ArrayList<>();
    for (int i = 0; i < anomalous.size(); i++) {
      if (anomalousFolds.get(i) != left) {
        restAnomalous.add(anomalous.get(i));
      }
    }
    DetectorInput input = new DetectorInput(PictureSetStatistics.joined(rest), restAnomalous, seed);
    return heads.stream()
        .filter(h -> alsoLeft < 0 || !h.learnsFromAnomalies())
        .map(h -> h.fit(input))
        .toList();
  }

  /** The fit that has not seen a fold; of a single one, the shipped. */
  int judgeOf(int fold) {
    return folds == 1 ? SHIPPED : 1 + fold;
  }
}

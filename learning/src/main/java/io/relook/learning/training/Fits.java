package io.relook.learning.training;

import io.relook.learning.heads.Evidence;
import io.relook.learning.heads.FittedHead;
import io.relook.learning.heads.Head;
import io.relook.learning.heads.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * All fits of a training, numbered: 0 leaves nothing out and ships; 1 to folds leave one fold out;
 * the next ones leave two, and only heads that learn from good pictures are fitted.
 */
final class Fits {

  /** The fit that leaves nothing out. */
  static final int SHIPPED = 0;

  private final List<Head> heads;
  private final List<Summary> good;
  private final List<Summary> anomalous;
  private final List<Integer> anomalousFolds;
  private final int folds;
  private final long seed;

  /**
   * @param good one of each fold
   * @param anomalousFolds of each anomalous picture, the fold of good ones it is left out with
   */
  Fits(
      List<Head> heads,
      List<Summary> good,
      List<Summary> anomalous,
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
  List<Integer> numbers(Set<Integer> judged, boolean alsoTwoLess) {
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

  List<FittedHead> fit(int number) {
    int left = number == SHIPPED || folds == 1 ? -1 : (number - 1) % folds;
    int alsoLeft = number > folds ? (left + 1) % folds : -1;
    List<Summary> rest = new ArrayList<>();
    for (int f = 0; f < folds; f++) {
      if (f != left && f != alsoLeft) {
        rest.add(good.get(f));
      }
    }
    List<Summary> restAnomalous = new ArrayList<>();
    for (int i = 0; i < anomalous.size(); i++) {
      if (anomalousFolds.get(i) != left) {
        restAnomalous.add(anomalous.get(i));
      }
    }
    Evidence evidence = new Evidence(Summary.joined(rest), restAnomalous, seed);
    return heads.stream()
        .filter(h -> alsoLeft < 0 || !h.learnsFromAnomalies())
        .map(h -> h.fit(evidence))
        .toList();
  }

  /** The fit that has not seen a fold; of a single one, the shipped. */
  int judgeOf(int fold) {
    return folds == 1 ? SHIPPED : 1 + fold;
  }
}

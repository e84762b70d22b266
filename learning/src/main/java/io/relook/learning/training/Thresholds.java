package io.relook.learning.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Chooses thresholds from out-of-fold scores. Pure. */
final class Thresholds {

  private Thresholds() {}

  /**
   * The middle of the widest interval of thresholds whose F1 is best. With equally wide ones, the
   * lowest: a missed defect costs more than a second look.
   *
   * @param good at least one
   * @param anomalous at least one
   */
  static double bestF1(List<Double> good, List<Double> anomalous) {
    List<Double> values = new ArrayList<>(good);
    values.addAll(anomalous);
    List<Double> cuts = values.stream().distinct().sorted().toList();
    double bestF1 = -1;
    double bestWidth = -1;
    double best = cuts.get(0);
    double low = Double.NaN;
    // A threshold in (cuts[i-1], cuts[i]] alarms for everything from cuts[i] on.
    for (int i = 1; i < cuts.size(); i++) {
      double threshold = cuts.get(i);
      double f1 = f1(good, anomalous, threshold);
      boolean continues = f1 == bestF1 && low == cuts.get(i - 1);
      double from = continues ? best - bestWidth / 2 : cuts.get(i - 1);
      double width = threshold - from;
      if (f1 > bestF1 || (f1 == bestF1 && width > bestWidth)) {
        bestF1 = f1;
        bestWidth = width;
        best = from + width / 2;
        low = threshold;
      }
    }
    return best;
  }

  /** Just above the highest good score: by a twentieth of its distance to the median. */
  static double highestGood(List<Double> good) {
    double highest = Collections.max(good);
    return highest + 0.05 * (highest - median(good));
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int n = sorted.size();
    return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
  }

  private static double f1(List<Double> good, List<Double> anomalous, double threshold) {
    long tp = anomalous.stream().filter(s -> s >= threshold).count();
    long fp = good.stream().filter(s -> s >= threshold).count();
    return 2.0 * tp / (anomalous.size() + tp + fp);
  }
}

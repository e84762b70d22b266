package io.relook.learning.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Assigns pictures to folds; pictures of equal bytes share one, so that none is judged by its own
 * copy.
 */
final class Folds {

  private Folds() {}

  /**
   * One fold number per picture, below {@code folds}; sizes differ by little unless copies force
   * them to.
   */
  static int[] assign(List<LabelledFeatures> pictures, int folds, long seed) {
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < pictures.size(); i++) {
      groups.computeIfAbsent(pictures.get(i).contentDigest(), d -> new ArrayList<>()).add(i);
    }
    List<List<Integer>> order = new ArrayList<>(groups.values());
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = order.size() - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      List<Integer> swapped = order.get(i);
      order.set(i, order.get(j));
      order.set(j, swapped);
    }
    int[] assigned = new int[pictures.size()];
    for (int g = 0; g < order.size(); g++) {
      for (int i : order.get(g)) {
        assigned[i] = g % folds;
      }
    }
    return assigned;
  }
}

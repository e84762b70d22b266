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

  private static final int FOLDS = 5;

  /**
   * Out-of-fold scores come from smaller banks than the model's and run high; little data needs
   * more folds.
   */
  private static final int FOLDS_OF_FEW = 10;

  private static final int FEW = 20;

  private final int count;
  private final int[] foldOf;

  private Folds(int count, int[] foldOf) {
    this.count = count;
    this.foldOf = foldOf;
  }

  /** Folds whose sizes differ by little unless copies force them to; one if all are copies. */
  static Folds of(List<LabelledFeatures> pictures, long seed) {
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
    int count = Math.min(order.size() <= FEW ? FOLDS_OF_FEW : FOLDS, order.size());
    int[] foldOf = new int[pictures.size()];
    for (int g = 0; g < order.size(); g++) {
      for (int i : order.get(g)) {
        foldOf[i] = g % count;
      }
    }
    return new Folds(count, foldOf);
  }

  int count() {
    return count;
  }

  int foldOf(int picture) {
    return foldOf[picture];
  }

  /**
   * What is left when one fold is left out, in the pictures' order; of a single fold nothing is
   * left out.
   */
  <T> List<T> without(List<T> all, int fold) {
    List<T> rest = new ArrayList<>();
    for (int i = 0; i < foldOf.length; i++) {
      if (count == 1 || foldOf[i] != fold) {
        rest.add(all.get(i));
      }
    }
    return rest;
  }
}

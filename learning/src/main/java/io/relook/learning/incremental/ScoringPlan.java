package io.relook.learning.incremental;

import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingSet;
import io.relook.learning.incremental.TrainingState.Scored;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which training pictures this training scores out of fold, and which keep the out-of-fold
 * statistics of a parent. It bounds the work of an incremental training: all new pictures and a
 * limited number of old ones. Pure.
 *
 * @param good indices of the good pictures whose out-of-fold statistics are used, rising
 * @param goodToScore those of them that are scored now
 * @param anomalousToScore indices of the anomalous pictures that are scored now
 * @param corrected whether the bias of good pictures' out-of-fold statistics is estimated and
 *     corrected. For this, detectors fitted without two folds score the good pictures too; all good
 *     pictures are then scored now.
 */
public record ScoringPlan(
    List<Integer> good,
    Set<Integer> goodToScore,
    Set<Integer> anomalousToScore,
    boolean corrected) {

  /** Good pictures whose scores are used, at most: more change neither selection nor threshold. */
  private static final int MAX_SCORED = 1000;

  /**
   * Pictures of a class that an incremental training scores at least, those with the oldest scores
   * first, although the parent's scores would do.
   */
  public static final int MIN_SCORED = 60;

  /**
   * Up to this number of good pictures out-of-fold statistics are corrected. Above it, detectors
   * fitted without one fold are as good as the shipped ones.
   */
  static final int CORRECTED_UP_TO = 100;

  /** Plans a training on top of a parent's state, or one from scratch without it. */
  public static ScoringPlan of(TrainingSet set, Optional<TrainingState> parent) {
    // The ranking is stable, so trainings of one project use the same good pictures.
    List<Integer> good = set.ranked(set.good()).stream().limit(MAX_SCORED).sorted().toList();
    return new ScoringPlan(
        good,
        toScore(set, set.good(), good, parent.map(TrainingState::good)),
        toScore(
            set,
            set.anomalous(),
            TrainingSet.indices(set.anomalous()),
            parent.map(TrainingState::anomalous)),
        set.good().size() <= CORRECTED_UP_TO && set.goodFolds().count() >= 3);
  }

  /**
   * Indices of the pictures to score now: all that have no score yet, and those scored the longest
   * ago up to {@link #MIN_SCORED}.
   */
  private static Set<Integer> toScore(
      TrainingSet set,
      List<LabelledFeatures> pictures,
      List<Integer> used,
      Optional<Map<String, Scored>> earlier) {
    if (earlier.isEmpty()) {
      return new TreeSet<>(used);
    }
    Map<Integer, Integer> generations = new HashMap<>();
    for (int i : used) {
      Scored scored = earlier.get().get(pictures.get(i).contentDigest());
      generations.put(i, scored == null ? -1 : scored.generation());
    }
    long unscored = generations.values().stream().filter(generation -> generation < 0).count();
    return set.ranked(pictures).stream()
        .filter(generations::containsKey)
        .sorted(Comparator.comparing(i -> generations.getOrDefault(i, -1)))
        .limit(Math.max(unscored, MIN_SCORED))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Folds of the pictures to score: for each, detectors are fitted without it. */
  public Set<Integer> heldOutFolds(TrainingSet set) {
    Set<Integer> folds = new TreeSet<>();
    goodToScore.forEach(i -> folds.add(set.goodFolds().foldOf(i)));
    if (set.mode().learnsFromAnomalies()) {
      anomalousToScore.forEach(i -> folds.add(set.anomalousFolds().get(i)));
    }
    return folds;
  }
}

package io.relook.learning.incremental;

import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingSet;
import io.relook.learning.incremental.TrainingState.Scored;
import io.relook.learning.validation.OutOfFold;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which training pictures are scored out of fold in this training, and which keep the statistics
 * that a parent's gave them: its work is then that of the new pictures, and of a bounded number of
 * old ones. Pure.
 *
 * @param good indices of good pictures whose statistics choose, rising
 * @param goodNow those of them that are scored now
 * @param anomalousNow indices of anomalous pictures that are scored now
 * @param corrected whether heads that lack two folds score good pictures too, see {@link
 *     OutOfFold#corrected}; then all good pictures are scored now
 */
public record ScoringPlan(
    List<Integer> good, Set<Integer> goodNow, Set<Integer> anomalousNow, boolean corrected) {

  /** More good scores out of fold change no choice. */
  private static final int MAX_SCORED = 1000;

  /** Pictures of a class that are scored anew, oldest scores first, where a parent's would do. */
  public static final int MIN_SCORED = 60;

  /** Good pictures beyond which a fold's heads are as good as the shipped ones. */
  static final int CORRECTED_UP_TO = 100;

  public static ScoringPlan of(TrainingSet set, Optional<TrainingState> parent) {
    // Of many good pictures always the same ones.
    List<Integer> good = set.ranked(set.good()).stream().limit(MAX_SCORED).sorted().toList();
    return new ScoringPlan(
        good,
        stalest(set, set.good(), good, parent.map(TrainingState::good)),
        stalest(
            set,
            set.anomalous(),
            TrainingSet.indices(set.anomalous()),
            parent.map(TrainingState::anomalous)),
        set.good().size() <= CORRECTED_UP_TO && set.goodFolds().count() >= 3);
  }

  /** Indices of pictures to score now: those never scored, and the longest ago. */
  private static Set<Integer> stalest(
      TrainingSet set,
      List<LabelledFeatures> pictures,
      List<Integer> wanted,
      Optional<Map<String, Scored>> earlier) {
    if (earlier.isEmpty()) {
      return new TreeSet<>(wanted);
    }
    Map<Integer, Integer> generations = new HashMap<>();
    for (int i : wanted) {
      Scored scored = earlier.get().get(pictures.get(i).contentDigest());
      generations.put(i, scored == null ? -1 : scored.generation());
    }
    long never = generations.values().stream().filter(generation -> generation < 0).count();
    return set.ranked(pictures).stream()
        .filter(generations::containsKey)
        .sorted(Comparator.comparing(i -> generations.getOrDefault(i, -1)))
        .limit(Math.max(never, MIN_SCORED))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Folds whose heads score a picture now. */
  public Set<Integer> judgedFolds(TrainingSet set) {
    Set<Integer> judged = new TreeSet<>();
    goodNow.forEach(i -> judged.add(set.goodFolds().foldOf(i)));
    if (set.mode().learnsFromAnomalies()) {
      anomalousNow.forEach(i -> judged.add(set.anomalousFolds().get(i)));
    }
    return judged;
  }
}

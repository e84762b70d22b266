package io.relook.learning.data;

import io.relook.learning.data.TrainingImpossibleException.Reason;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The distinct training pictures by label, each with its fold. Pure.
 *
 * @param good at least one picture
 * @param goodFolds their folds
 * @param anomalous pictures with a defect
 * @param anomalousFolds of each, the fold of good pictures it is left out with
 * @param regime what they support
 * @param seed orders pictures where some must be chosen
 */
public record TrainingSet(
    List<LabelledFeatures> good,
    Folds goodFolds,
    List<LabelledFeatures> anomalous,
    List<Integer> anomalousFolds,
    TrainingMode regime,
    long seed) {

  /**
   * Anomalous pictures that heads learn from; the stack learns from all. Bounds memory and time.
   */
  private static final int MOST_SHOWN = 300;

  public static TrainingSet of(List<LabelledFeatures> train, long seed)
      throws TrainingImpossibleException {
    List<LabelledFeatures> good = distinct(train, false);
    List<LabelledFeatures> anomalous = distinct(train, true);
    if (good.isEmpty()) {
      throw new TrainingImpossibleException(
          Reason.NO_GOOD_IMAGES,
          "The training images hold no normal image; label normal images and train again.");
    }
    Folds goodFolds = Folds.of(digests(good), seed);
    Folds anomalousFolds = Folds.of(digests(anomalous), seed);
    return new TrainingSet(
        good,
        goodFolds,
        anomalous,
        indices(anomalous).stream().map(i -> anomalousFolds.foldOf(i) % goodFolds.count()).toList(),
        TrainingMode.of(goodFolds.count(), anomalous.size()),
        seed);
  }

  /** Pictures of a class; of copies the one whose name comes first. */
  private static List<LabelledFeatures> distinct(
      List<LabelledFeatures> pictures, boolean anomalous) {
    Map<String, LabelledFeatures> distinct = new TreeMap<>();
    pictures.stream()
        .filter(p -> p.anomalous() == anomalous)
        .sorted(Comparator.comparing(LabelledFeatures::id))
        .forEach(p -> distinct.putIfAbsent(p.contentDigest(), p));
    return List.copyOf(distinct.values());
  }

  /** Indices of the anomalous pictures that heads learn from, none if no head does. */
  public List<Integer> shown() {
    return regime.learnsFromAnomalies()
        ? ranked(anomalous).stream().limit(MOST_SHOWN).toList()
        : List.of();
  }

  /** Indices of pictures in an order that neither names nor times of arrival decide. */
  public List<Integer> ranked(List<LabelledFeatures> pictures) {
    return indices(pictures).stream()
        .sorted(Comparator.comparingLong(i -> Folds.rank(pictures.get(i).contentDigest(), seed)))
        .toList();
  }

  public Set<String> goodDigests() {
    return Set.copyOf(digests(good));
  }

  private static List<String> digests(List<LabelledFeatures> pictures) {
    return pictures.stream().map(LabelledFeatures::contentDigest).toList();
  }

  public static List<Integer> indices(List<?> list) {
    return IntStream.range(0, list.size()).boxed().toList();
  }
}

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
 * @param anomalousFolds per anomalous picture, the fold of good pictures it is left out with
 * @param mode how a model is trained from them
 * @param seed orders pictures where only some are used
 */
public record TrainingSet(
    List<LabelledFeatures> good,
    Folds goodFolds,
    List<LabelledFeatures> anomalous,
    List<Integer> anomalousFolds,
    TrainingMode mode,
    long seed) {

  /**
   * Anomalous pictures that detectors are fitted to, at most; the stack is fitted to all. Bounds
   * memory and time.
   */
  private static final int MAX_ANOMALOUS_FOR_FITTING = 300;

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

  /** The pictures of a class; of several copies the one whose name sorts first. */
  private static List<LabelledFeatures> distinct(
      List<LabelledFeatures> pictures, boolean anomalous) {
    Map<String, LabelledFeatures> distinct = new TreeMap<>();
    pictures.stream()
        .filter(p -> p.anomalous() == anomalous)
        .sorted(Comparator.comparing(LabelledFeatures::id))
        .forEach(p -> distinct.putIfAbsent(p.contentDigest(), p));
    return List.copyOf(distinct.values());
  }

  /** Indices of the anomalous pictures used for fitting detectors; none in unsupervised modes. */
  public List<Integer> anomalousForFitting() {
    return mode.learnsFromAnomalies()
        ? ranked(anomalous).stream().limit(MAX_ANOMALOUS_FOR_FITTING).toList()
        : List.of();
  }

  /** Indices of pictures in an order that depends on neither names nor times of arrival. */
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

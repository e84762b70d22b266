package io.relook.learning.incremental;

import io.relook.learning.data.FeatureCheck;
import io.relook.learning.data.Folds;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingImpossibleException;
import io.relook.learning.data.TrainingSet;
import io.relook.learning.data.Workers;
import io.relook.learning.incremental.TrainingState.Fold;
import io.relook.learning.statistics.PictureSetStatistics;
import io.relook.learning.statistics.PictureStatistics;
import io.relook.learning.statistics.StatisticsExtractor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Computes the statistics of the good pictures of each fold. On top of a parent, removed pictures
 * are subtracted from its folds and new ones added; from scratch, all are added. Time and memory
 * depend on the pictures added and removed, not on those that stay.
 */
public final class FoldStatistics {

  /** Pictures whose statistics are in memory at the same time. */
  private static final int CHUNK = 64;

  /** Parts of a fold that are kept before they are joined; bounds memory. */
  private static final int MAX_PARTS = 8;

  private final StatisticsExtractor statisticsExtractor;
  private final FeatureCheck check;
  private final Workers workers;

  public FoldStatistics(
      StatisticsExtractor statisticsExtractor, FeatureCheck check, Workers workers) {
    this.statisticsExtractor = statisticsExtractor;
    this.check = check;
    this.workers = workers;
  }

  /** The statistics of one picture: as stored on its arrival, or else computed from features. */
  public PictureSetStatistics load(LabelledFeatures picture)
      throws TrainingImpossibleException, IOException {
    Optional<PictureStatistics> stored =
        picture.statistics().load().flatMap(statisticsExtractor::read);
    if (stored.isPresent()) {
      check.checkDimensions(stored.get().pictureWidth(), stored.get().pictureHeight());
      return statisticsExtractor.asSet(stored.get());
    }
    return statisticsExtractor.asSet(statisticsExtractor.of(check.load(picture)));
  }

  /** The folds of these pictures, without a parent. */
  List<Fold> fromScratch(List<LabelledFeatures> good, Folds folds)
      throws TrainingImpossibleException, IOException, InterruptedException {
    return updated(good, folds, List.of(), List.of(), digest -> Optional.empty()).orElseThrow();
  }

  /**
   * The folds of these pictures, updated from a parent's.
   *
   * @param good distinct pictures
   * @param parent the parent's folds
   * @param others other pictures of this training: one that was relabelled is still among them
   * @param removed statistics of pictures that this training no longer has
   * @return nothing if a removed picture is erased, so that its sums cannot be subtracted
   */
  Optional<List<Fold>> updated(
      List<LabelledFeatures> good,
      Folds folds,
      List<Fold> parent,
      List<LabelledFeatures> others,
      ParentTraining.RemovedPictures removed)
      throws TrainingImpossibleException, IOException, InterruptedException {
    List<TreeMap<String, Integer>> numbers = numbered(good, folds);
    List<List<PictureSetStatistics>> parts = new ArrayList<>();
    Map<String, LabelledFeatures> known = new HashMap<>();
    others.forEach(picture -> known.put(picture.contentDigest(), picture));
    good.forEach(picture -> known.put(picture.contentDigest(), picture));
    for (int f = 0; f < folds.count(); f++) {
      parts.add(new ArrayList<>());
      if (f < parent.size()) {
        Optional<List<PictureSetStatistics>> kept =
            kept(parent.get(f), numbers.get(f), known, removed);
        if (kept.isEmpty()) {
          return Optional.empty();
        }
        parts.get(f).addAll(kept.get());
      }
    }
    add(added(good, folds, parent), numbers, parts);
    return Optional.of(
        workers.map(
            TrainingSet.indices(numbers),
            f -> {
              List<String> pictures = List.copyOf(numbers.get(f).keySet());
              return new Fold(
                  pictures, thinned(parts.get(f)).renumbered(identity(pictures.size())));
            }));
  }

  /** Per fold, the pictures' digests → their numbers, in the order of the digests. */
  private static List<TreeMap<String, Integer>> numbered(List<LabelledFeatures> good, Folds folds) {
    List<TreeMap<String, Integer>> numbers = new ArrayList<>();
    for (int f = 0; f < folds.count(); f++) {
      TreeSet<String> pictures = new TreeSet<>();
      for (int i = 0; i < good.size(); i++) {
        if (folds.foldOf(i) == f) {
          pictures.add(good.get(i).contentDigest());
        }
      }
      TreeMap<String, Integer> number = new TreeMap<>();
      pictures.forEach(picture -> number.put(picture, number.size()));
      numbers.add(number);
    }
    return numbers;
  }

  /**
   * The statistics of a parent's fold without the pictures that left it: none if all did, or one.
   *
   * @return nothing if a picture that left is erased
   */
  private Optional<List<PictureSetStatistics>> kept(
      Fold fold,
      Map<String, Integer> number,
      Map<String, LabelledFeatures> known,
      ParentTraining.RemovedPictures removed)
      throws TrainingImpossibleException, IOException, InterruptedException {
    int[] renumbered = new int[fold.pictures().size()];
    List<String> leaving = new ArrayList<>();
    for (int i = 0; i < renumbered.length; i++) {
      renumbered[i] = number.getOrDefault(fold.pictures().get(i), -1);
      if (renumbered[i] < 0) {
        leaving.add(fold.pictures().get(i));
      }
    }
    if (leaving.size() == renumbered.length) {
      return Optional.of(List.of());
    }
    PictureSetStatistics kept = fold.statistics().renumbered(renumbered);
    for (int from = 0; from < leaving.size(); from += CHUNK) {
      List<Optional<PictureSetStatistics>> left =
          workers.map(
              leaving.subList(from, Math.min(leaving.size(), from + CHUNK)),
              digest -> {
                LabelledFeatures picture = known.get(digest);
                return picture != null
                    ? Optional.of(load(picture))
                    : removed
                        .load(digest)
                        .flatMap(statisticsExtractor::read)
                        .map(statisticsExtractor::asSet);
              });
      for (Optional<PictureSetStatistics> picture : left) {
        if (picture.isEmpty()) {
          return Optional.empty();
        }
        kept = kept.withoutSums(picture.get());
      }
    }
    return Optional.of(List.of(kept));
  }

  /** A picture that a fold did not have before. */
  private record Added(LabelledFeatures picture, int fold) {}

  private static List<Added> added(List<LabelledFeatures> good, Folds folds, List<Fold> parent) {
    List<TreeSet<String>> before = new ArrayList<>();
    parent.forEach(fold -> before.add(new TreeSet<>(fold.pictures())));
    List<Added> added = new ArrayList<>();
    for (int i = 0; i < good.size(); i++) {
      int fold = folds.foldOf(i);
      if (fold >= before.size() || !before.get(fold).contains(good.get(i).contentDigest())) {
        added.add(new Added(good.get(i), fold));
      }
    }
    added.sort(Comparator.comparing(picture -> picture.picture.contentDigest()));
    return added;
  }

  private void add(
      List<Added> added,
      List<TreeMap<String, Integer>> numbers,
      List<List<PictureSetStatistics>> parts)
      throws TrainingImpossibleException, IOException, InterruptedException {
    for (int from = 0; from < added.size(); from += CHUNK) {
      List<Added> chunk = added.subList(from, Math.min(added.size(), from + CHUNK));
      List<PictureSetStatistics> loaded =
          workers.map(
              chunk,
              one ->
                  load(one.picture)
                      .ownedBy(
                          numbers.get(one.fold).getOrDefault(one.picture.contentDigest(), -1)));
      Map<Integer, List<PictureSetStatistics>> ofFold = new TreeMap<>();
      for (int i = 0; i < chunk.size(); i++) {
        ofFold.computeIfAbsent(chunk.get(i).fold, f -> new ArrayList<>()).add(loaded.get(i));
      }
      List<Integer> present = List.copyOf(ofFold.keySet());
      List<PictureSetStatistics> joined =
          workers.map(present, f -> thinned(ofFold.getOrDefault(f, List.of())));
      for (int i = 0; i < present.size(); i++) {
        List<PictureSetStatistics> waiting = parts.get(present.get(i));
        waiting.add(joined.get(i));
        if (waiting.size() == MAX_PARTS) {
          PictureSetStatistics one = thinned(waiting);
          waiting.clear();
          waiting.add(one);
        }
      }
    }
  }

  private static PictureSetStatistics thinned(List<PictureSetStatistics> parts) {
    return PictureSetStatistics.joined(parts).thinned();
  }

  private static int[] identity(int length) {
    int[] numbers = new int[length];
    for (int i = 0; i < length; i++) {
      numbers[i] = i;
    }
    return numbers;
  }
}

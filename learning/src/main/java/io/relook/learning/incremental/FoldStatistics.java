package io.relook.learning.incremental;

import io.relook.learning.data.FeatureCheck;
import io.relook.learning.data.Folds;
import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingImpossibleException;
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
 * Summaries of the good pictures of each fold: a parent's, from which what left is taken and to
 * which what joined is added. Without a parent all pictures join. Work and memory follow the
 * pictures that come and go, not those that stay.
 */
public final class FoldStatistics {

  /** Pictures whose summaries are in memory together. */
  private static final int CHUNK = 64;

  /** Parts of a fold that wait to be joined: bounds memory. */
  private static final int MAX_PARTS = 8;

  private final StatisticsExtractor statisticsExtractor;
  private final FeatureCheck check;
  private final Workers workers;

  public FoldStatistics(StatisticsExtractor statisticsExtractor, FeatureCheck check, Workers workers) {
    this.statisticsExtractor = statisticsExtractor;
    this.check = check;
    this.workers = workers;
  }

  /** What heads learn from one picture, as it was stored at its arrival or else from features. */
  public PictureSetStatistics load(LabelledFeatures picture) throws TrainingImpossibleException, IOException {
    Optional<PictureStatistics> stored = picture.summary().load().flatMap(statisticsExtractor::read);
    if (stored.isPresent()) {
      check.checkDimensions(stored.get().pictureWidth(), stored.get().pictureHeight());
      return statisticsExtractor.asSet(stored.get());
    }
    return statisticsExtractor.asSet(statisticsExtractor.of(check.load(picture)));
  }

  /**
   * The folds of these pictures.
   *
   * @param good distinct pictures
   * @param others pictures of this training that are not among them: a picture that was relabelled
   *     is still there
   * @return nothing if a picture that left is erased, so that its sums cannot be taken away
   */
  Optional<List<Fold>> of(
      List<LabelledFeatures> good,
      Folds folds,
      List<Fold> parent,
      List<LabelledFeatures> others,
      ParentTraining.RemovedPictures removed)
      throws TrainingImpossibleException, IOException, InterruptedException {
    List<TreeMap<String, Integer>> numbers = numbers(good, folds);
    List<List<PictureSetStatistics>> parts = new ArrayList<>();
    Map<String, LabelledFeatures> known = new HashMap<>();
    others.forEach(picture -> known.put(picture.contentDigest(), picture));
    good.forEach(picture -> known.put(picture.contentDigest(), picture));
    for (int f = 0; f < folds.count(); f++) {
      parts.add(new ArrayList<>());
      if (f < parent.size()) {
        Optional<List<PictureSetStatistics>> rest = rest(parent.get(f), numbers.get(f), known, removed);
        if (rest.isEmpty()) {
          return Optional.empty();
        }
        parts.get(f).addAll(rest.get());
      }
    }
    join(joining(good, folds, parent), numbers, parts);
    List<Integer> indices = new ArrayList<>();
    for (int f = 0; f < folds.count(); f++) {
      indices.add(f);
    }
    return Optional.of(
        workers.map(
            indices,
            f -> {
              List<String> pictures = List.copyOf(numbers.get(f).keySet());
              return new Fold(
                  pictures, thinned(parts.get(f)).renumbered(identity(pictures.size())));
            }));
  }

  private static List<TreeMap<String, Integer>> numbers(List<LabelledFeatures> good, Folds folds) {
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

  /** What stays of a parent's fold: nothing, or one summary. */
  private Optional<List<PictureSetStatistics>> rest(
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
    PictureSetStatistics rest = fold.summary().renumbered(renumbered);
    for (int from = 0; from < leaving.size(); from += CHUNK) {
      List<Optional<PictureSetStatistics>> gone =
          workers.map(
              leaving.subList(from, Math.min(leaving.size(), from + CHUNK)),
              digest -> {
                LabelledFeatures picture = known.get(digest);
                return picture != null
                    ? Optional.of(load(picture))
                    : removed.load(digest).flatMap(statisticsExtractor::read).map(statisticsExtractor::asSet);
              });
      for (Optional<PictureSetStatistics> picture : gone) {
        if (picture.isEmpty()) {
          return Optional.empty();
        }
        rest = rest.withoutSums(picture.get());
      }
    }
    return Optional.of(List.of(rest));
  }

  /** A picture that joins a fold, with the fold's number. */
  private record Joining(LabelledFeatures picture, int fold) {}

  private static List<Joining> joining(
      List<LabelledFeatures> good, Folds folds, List<Fold> parent) {
    List<TreeSet<String>> there = new ArrayList<>();
    parent.forEach(fold -> there.add(new TreeSet<>(fold.pictures())));
    List<Joining> joining = new ArrayList<>();
    for (int i = 0; i < good.size(); i++) {
      int fold = folds.foldOf(i);
      if (fold >= there.size() || !there.get(fold).contains(good.get(i).contentDigest())) {
        joining.add(new Joining(good.get(i), fold));
      }
    }
    joining.sort(Comparator.comparing(j -> j.picture.contentDigest()));
    return joining;
  }

  private void join(
      List<Joining> joining, List<TreeMap<String, Integer>> numbers, List<List<PictureSetStatistics>> parts)
      throws TrainingImpossibleException, IOException, InterruptedException {
    for (int from = 0; from < joining.size(); from += CHUNK) {
      List<Joining> chunk = joining.subList(from, Math.min(joining.size(), from + CHUNK));
      List<PictureSetStatistics> summaries =
          workers.map(
              chunk,
              j ->
                  load(j.picture)
                      .ownedBy(numbers.get(j.fold).getOrDefault(j.picture.contentDigest(), -1)));
      Map<Integer, List<PictureSetStatistics>> ofFold = new TreeMap<>();
      for (int i = 0; i < chunk.size(); i++) {
        ofFold.computeIfAbsent(chunk.get(i).fold, f -> new ArrayList<>()).add(summaries.get(i));
      }
      List<Integer> present = List.copyOf(ofFold.keySet());
      List<PictureSetStatistics> joined = workers.map(present, f -> thinned(ofFold.getOrDefault(f, List.of())));
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

package io.relook.learning.report;

import io.relook.learning.evaluation.ImageScore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a report tells. Texts may be anything: the page escapes them.
 *
 * @param project name
 * @param version of the model
 * @param trainedAt when its evaluation ended
 * @param threshold scores from here on are anomalous
 * @param tested what the model says about the test pictures; empty for a cold start
 * @param trainingGood good pictures that were learned from
 * @param trainingAnomalous anomalous pictures on the training side
 * @param suspects training pictures whose labels may be wrong, the most suspicious first
 * @param heads names of the heads in the file
 * @param regime name of a {@link io.relook.learning.data.TrainingMode}
 * @param card metadata of the model file
 * @param provenance more facts for engineers, in their order
 */
public record Report(
    String project,
    String version,
    Instant trainedAt,
    double threshold,
    List<TestedPicture> tested,
    int trainingGood,
    int trainingAnomalous,
    List<Suspect> suspects,
    List<String> heads,
    String regime,
    Map<String, String> card,
    Map<String, String> provenance) {

  /** Pictures of one kind that a page shows: bounds its size and the work for it. */
  static final int MAX_SHOWN = 6;

  public Report {
    tested = List.copyOf(tested);
    suspects = List.copyOf(suspects);
    heads = List.copyOf(heads);
  }

  /**
   * A test picture.
   *
   * @param score of the picture; its id is its source reference
   */
  public record TestedPicture(ImageScore score, Optional<String> defectClass) {}

  /**
   * A training picture that does not look like its label.
   *
   * @param id its source reference
   * @param label what it is said to be
   */
  public record Suspect(String id, String label) {}

  /** Anomalies below the threshold, the lowest first. */
  List<TestedPicture> misses() {
    return first(t -> t.score().anomalous() && !alarm(t), byScore());
  }

  /** Good pictures at or above the threshold, the highest first. */
  List<TestedPicture> falseAlarms() {
    return first(t -> !t.score().anomalous() && alarm(t), byScore().reversed());
  }

  /** Right decisions nearest to the threshold. */
  List<TestedPicture> doubtful() {
    return first(
        t -> t.score().anomalous() == alarm(t),
        Comparator.comparingDouble(t -> Math.abs(t.score().score() - threshold)));
  }

  /** Found anomalies, the highest first, without those that are doubtful. */
  List<TestedPicture> clearestHits() {
    Set<TestedPicture> shown = new LinkedHashSet<>(doubtful());
    return first(
        t -> t.score().anomalous() && alarm(t) && !shown.contains(t), byScore().reversed());
  }

  List<ImageScore> scores() {
    return tested.stream().map(TestedPicture::score).toList();
  }

  private boolean alarm(TestedPicture picture) {
    return picture.score().score() >= threshold;
  }

  private List<TestedPicture> first(
      Predicate<TestedPicture> which, Comparator<TestedPicture> order) {
    List<TestedPicture> found = new ArrayList<>(tested.stream().filter(which).toList());
    found.sort(order.thenComparing(t -> t.score().id()));
    return found.subList(0, Math.min(MAX_SHOWN, found.size()));
  }

  private static Comparator<TestedPicture> byScore() {
    return Comparator.comparingDouble(t -> t.score().score());
  }
}

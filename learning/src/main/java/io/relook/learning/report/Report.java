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
 * The content of a report. Texts may hold any characters: the page escapes them.
 *
 * @param model the model file
 * @param training the pictures it was trained on
 * @param tested the test pictures with their scores; empty where there are none yet
 * @param provenance more facts for engineers, in their order
 */
public record Report(
    Model model, Training training, List<TestedPicture> tested, Map<String, String> provenance) {

  /** Pictures of one kind that a page shows, at most; bounds its size and the work for it. */
  static final int MAX_SHOWN = 6;

  public Report {
    tested = List.copyOf(tested);
  }

  /**
   * The model file.
   *
   * @param project its name
   * @param version of the model
   * @param trainedAt when its evaluation ended
   * @param threshold scores at or above it are anomalous
   * @param detectors names of the detectors in the file
   * @param card metadata of the file
   */
  public record Model(
      String project,
      String version,
      Instant trainedAt,
      double threshold,
      List<String> detectors,
      Map<String, String> card) {

    public Model {
      detectors = List.copyOf(detectors);
    }
  }

  /**
   * The training pictures.
   *
   * @param good number of those labelled good
   * @param anomalous number of those labelled anomalous
   * @param mode name of the {@link io.relook.learning.data.TrainingMode}
   * @param suspects those with a suspected label, the most anomalous first
   */
  public record Training(int good, int anomalous, String mode, List<Suspect> suspects) {

    public Training {
      suspects = List.copyOf(suspects);
    }
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
   * @param label its label, as the page shows it
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

  /** Right decisions whose scores are closest to the threshold. */
  List<TestedPicture> closestToThreshold() {
    return first(
        t -> t.score().anomalous() == alarm(t),
        Comparator.comparingDouble(t -> Math.abs(t.score().score() - model.threshold())));
  }

  /** Found anomalies, the highest first, without those {@link #closestToThreshold}. */
  List<TestedPicture> clearestHits() {
    Set<TestedPicture> closest = new LinkedHashSet<>(closestToThreshold());
    return first(
        t -> t.score().anomalous() && alarm(t) && !closest.contains(t), byScore().reversed());
  }

  List<ImageScore> scores() {
    return tested.stream().map(TestedPicture::score).toList();
  }

  private boolean alarm(TestedPicture picture) {
    return picture.score().score() >= model.threshold();
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

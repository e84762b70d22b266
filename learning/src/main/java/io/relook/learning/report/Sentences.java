package io.relook.learning.report;

import io.relook.learning.detectors.Detectors;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What numbers mean, in sentences for people who are not used to them. Pure. */
final class Sentences {

  /** With fewer anomalous test pictures the interval of the recall is very wide. */
  private static final int FEW_TESTED = 30;

  /** From this number on the model learns from anomalies. */
  private static final int ENOUGH_ANOMALIES = 10;

  private Sentences() {}

  /** What the model finds in the test pictures, in one sentence. */
  static String headline(Evaluation e) {
    if (e.anomalous() == 0 && e.good() == 0) {
      return "This model has not been measured: there were no test pictures.";
    }
    String alarms =
        e.falsePositives() == 0
            ? "raises no false alarm on %s".formatted(count(e.good(), "good one", "good ones"))
            : "raises a false alarm on %d of %d good ones".formatted(e.falsePositives(), e.good());
    if (e.anomalous() == 0) {
      return "Not measured on defects; of the good test pictures, %d of %d raise a false alarm."
          .formatted(e.falsePositives(), e.good());
    }
    String finds =
        e.falseNegatives() == 0
            ? "Finds all %s"
                .formatted(
                    count(e.anomalous(), "defective test picture", "defective test pictures"))
            : "Finds %d of %d defective test pictures".formatted(e.truePositives(), e.anomalous());
    return e.good() == 0 ? finds + "." : finds + " and " + alarms + ".";
  }

  /** What the model can be expected to find in other pictures. */
  static String expectation(Evaluation e) {
    if (e.anomalous() == 0 && e.good() == 0) {
      return "It was trained on what was there, and its threshold follows from the spread of the"
          + " good pictures alone. Label pictures, defective ones too, and train again: then a part"
          + " of them is kept for testing.";
    }
    List<String> parts = new ArrayList<>();
    if (e.anomalous() > 0) {
      parts.add(
          "find " + range(Interval.ofShare(e.truePositives(), e.anomalous())) + " of the defects");
    }
    if (e.good() > 0) {
      parts.add(
          "stop "
              + range(Interval.ofShare(e.falsePositives(), e.good()))
              + " of the good ones by mistake");
    }
    return "On more pictures like these it can be expected to "
        + String.join(" and to ", parts)
        + " (95 % confidence).";
  }

  /** What to do next to get a better model. */
  static List<String> advice(Report.Training training, Evaluation e) {
    List<String> advice = new ArrayList<>();
    if (!training.suspects().isEmpty()) {
      advice.add(
          "Check the labels of %s below: a wrong label teaches the wrong thing."
              .formatted(
                  count(training.suspects().size(), "training picture", "training pictures")));
    }
    if (e.falseNegatives() > 0) {
      advice.add(
          "Look at the misses. Where no defect can be seen, the label is wrong; where one can, send"
              + " more pictures of that kind.");
    }
    if (training.anomalous() < ENOUGH_ANOMALIES) {
      advice.add(
          "Label more defective pictures: the training had %s, and from %d different ones on a model"
                  .formatted(
                      training.anomalous() == 0 ? "none" : "only " + training.anomalous(),
                      ENOUGH_ANOMALIES)
              + " learns what defects look like.");
    }
    if (e.anomalous() < FEW_TESTED) {
      advice.add(
          "%s in the test: the true rates may differ much from the measured ones. Each further label narrows the intervals."
              .formatted(
                  e.anomalous() == 0
                      ? "No defective picture is"
                      : "Only "
                          + count(
                              e.anomalous(), "defective picture is", "defective pictures are")));
    }
    return advice;
  }

  /** How a model of this {@link io.relook.learning.data.TrainingMode} was trained. */
  static String mode(String mode) {
    return switch (mode) {
      case "SINGLE_PICTURE" ->
          "There was one good picture, or copies of one: what differs twice as much as it does from"
              + " itself is anomalous. A guess until there are more.";
      case "NORMALS_ONLY" ->
          "There was no defective training picture: whatever differs from the good ones is"
              + " anomalous.";
      case "FEW_ANOMALIES" ->
          "There were fewer than ten different defective training pictures, too few to learn from:"
              + " whatever differs from the good ones is anomalous.";
      case "STACKED" ->
          "There were ten to forty-nine defective training pictures: the model learned from them,"
              + " cautiously, so that unknown kinds of defects are still found.";
      case "SUPERVISED" ->
          "There were fifty or more defective training pictures: the model trusts what it learned"
              + " from them; kinds it has never seen can still only raise the score.";
      default -> "";
    };
  }

  /** What the threshold was chosen for, and from what. */
  static String goal(Report report) {
    String mode = report.training().mode();
    if (mode.equals("SINGLE_PICTURE")) {
      return "With a single good picture the threshold is a guess: twice what that picture shows.";
    }
    String goal = String.valueOf(report.model().card().getOrDefault("relook.threshold.goal", ""));
    String how;
    if (goal.startsWith("max-false-positive-rate")) {
      how =
          "The lowest threshold with at most the allowed share of good pictures above it ("
              + goal
              + ").";
    } else if (goal.startsWith("min-recall") && report.training().anomalous() > 0) {
      how =
          "The highest threshold that finds at least the demanded share of defects (" + goal + ").";
    } else if (List.of("NORMALS_ONLY", "FEW_ANOMALIES").contains(mode)) {
      how =
          "With fewer than ten labelled defects the threshold stands just above the scores of good"
              + " pictures, but for the highest few and for those that look mislabelled.";
    } else if (goal.startsWith("best-f1=")) {
      how =
          "The threshold with the best F1 where as many pictures are defective as expected ("
              + goal
              + ").";
    } else {
      how = "The threshold with the best F1, which weighs misses and false alarms alike.";
    }
    return how
        + " It was chosen from scores of training pictures by models that had not seen them; test"
        + " pictures chose nothing.";
  }

  /** How many training pictures are suspected to have a wrong label, and why. */
  static String suspects(Report.Training training) {
    int n = training.suspects().size();
    if (n == 0) {
      return "No training picture looks as if its label were wrong.";
    }
    boolean learned = List.of("STACKED", "SUPERVISED").contains(training.mode());
    return count(
            n, "training picture labelled good looks ", "training pictures labelled good look ")
        + (learned ? "as defective as the defective ones do." : "far from the rest.")
        + (n == 1 ? " Perhaps it is" : " Perhaps they are")
        + " defective, or the camera moved.";
  }

  /** What a detector compares, by its name. */
  static String detector(String name) {
    return switch (name) {
      case Detectors.FINE_BANK ->
          "compares every small patch with the patches of good pictures; sees fine texture";
      case Detectors.CONTEXT_BANK ->
          "compares larger patches with those of good pictures, as PatchCore does";
      case Detectors.WHITENED_BANK ->
          "compares patches of several sizes after evening out how much each feature varies";
      case Detectors.PCA_RESIDUAL -> "what of a patch cannot be explained by how good patches vary";
      case Detectors.MAHALANOBIS -> "how far the picture as a whole is from the good ones";
      case Detectors.TWO_BANK_RATIO ->
          "whether a patch is nearer to known defects than to good patches";
      case Detectors.LINEAR_CLASSIFIER -> "what separates known defective pictures from good ones";
      default -> "";
    };
  }

  private static String range(Interval interval) {
    return String.format(
        Locale.ROOT,
        "%d–%d %%",
        Math.round(100 * interval.low()),
        Math.round(100 * interval.high()));
  }

  private static String count(int n, String one, String many) {
    return n + " " + (n == 1 ? one : many);
  }
}

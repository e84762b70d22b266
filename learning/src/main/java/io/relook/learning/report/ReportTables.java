package io.relook.learning.report;

import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.evaluation.Interval;
import io.relook.learning.evaluation.OperatingPoint;
import io.relook.learning.report.Report.TestedPicture;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The rows of the page's tables, as the template reads them. Pure. */
final class ReportTables {

  /** Rows of the table of defect classes. */
  private static final int MAX_CLASSES = 30;

  private ReportTables() {}

  /** A row of the table of numbers, with its 95 % confidence interval and its meaning. */
  private static Map<String, Object> metric(
      String name, double value, Optional<Interval> interval, String meaning) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", name);
    row.put("value", Texts.number(value));
    row.put(
        "interval",
        interval.map(i -> Texts.number(i.low()) + " – " + Texts.number(i.high())).orElse("–"));
    row.put("meaning", meaning);
    return row;
  }

  /** The numbers that can be computed from these test pictures. */
  static List<Map<String, Object>> metrics(Evaluation e) {
    List<Map<String, Object>> rows = new ArrayList<>();
    if (e.anomalous() > 0) {
      rows.add(
          metric(
              "Recall",
              e.recall(),
              Optional.of(Interval.ofShare(e.truePositives(), e.anomalous())),
              "Of 100 defective pictures, it finds about %d."
                  .formatted(Texts.percent(e.recall()))));
    }
    if (e.truePositives() + e.falsePositives() > 0) {
      rows.add(
          metric(
              "Precision",
              e.precision(),
              Optional.of(
                  Interval.ofShare(e.truePositives(), e.truePositives() + e.falsePositives())),
              "Of 100 alarms, about %d are right, if defects are as frequent as in the test."
                  .formatted(Texts.percent(e.precision()))));
    }
    if (e.good() > 0) {
      double rate = (double) e.falsePositives() / e.good();
      rows.add(
          metric(
              "False-alarm rate",
              rate,
              Optional.of(Interval.ofShare(e.falsePositives(), e.good())),
              "Of 100 good pictures, about %d raise an alarm.".formatted(Texts.percent(rate))));
    }
    if (e.anomalous() > 0) {
      rows.add(
          metric(
              "F1",
              e.f1(),
              Optional.of(Interval.ofF1(e.truePositives(), e.falsePositives(), e.falseNegatives())),
              "Recall and precision in one number: their harmonic mean."));
    }
    if (e.anomalous() > 0 && e.good() > 0) {
      rows.add(
          metric(
              "ROC AUC",
              e.rocAuc(),
              Optional.of(Interval.ofRocAuc(e.rocAuc(), e.anomalous(), e.good())),
              "Chance that a defective picture scores above a good one, whatever the threshold."));
      rows.add(
          metric(
              "Average precision",
              e.averagePrecision(),
              Optional.empty(),
              "Area under the curve of precision over recall, whatever the threshold."));
    }
    return rows;
  }

  /** How many pictures of each defect class are found, the worst class first. */
  static List<Map<String, Object>> defectClasses(Report report) {
    Map<String, int[]> found = new TreeMap<>();
    for (TestedPicture picture : report.tested()) {
      if (picture.score().anomalous()) {
        int[] counts =
            found.computeIfAbsent(
                Texts.text(picture.defectClass().orElse("(no class)")), k -> new int[2]);
        counts[0] += picture.score().score() >= report.model().threshold() ? 1 : 0;
        counts[1]++;
      }
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    found.entrySet().stream()
        .sorted(
            Comparator.comparingDouble(
                    (Map.Entry<String, int[]> e) -> (double) e.getValue()[0] / e.getValue()[1])
                .thenComparing(Map.Entry::getKey))
        .limit(MAX_CLASSES)
        .forEach(
            e -> {
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("name", e.getKey());
              row.put("found", e.getValue()[0]);
              row.put("of", e.getValue()[1]);
              rows.add(row);
            });
    return rows;
  }

  /** The thresholds without false alarms and without misses, and what they would cost. */
  static List<Map<String, Object>> otherThresholds(List<ImageScore> scores, Evaluation e) {
    List<Map<String, Object>> rows = new ArrayList<>();
    if (e.anomalous() == 0 || e.good() == 0) {
      return rows;
    }
    List<OperatingPoint> points = Evaluator.operatingPoints(scores, 1);
    points.stream()
        .filter(p -> p.falsePositives() == 0)
        .reduce((first, second) -> second)
        .ifPresent(p -> rows.add(row("No false alarm", p, e)));
    points.stream()
        .filter(p -> p.truePositives() == e.anomalous())
        .findFirst()
        .ifPresent(p -> rows.add(row("Every defect found", p, e)));
    return rows;
  }

  private static Map<String, Object> row(String wish, OperatingPoint point, Evaluation e) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("wish", wish);
    row.put("threshold", Texts.threshold(point.threshold()));
    row.put("found", "%d of %d".formatted((int) point.truePositives(), e.anomalous()));
    row.put("alarms", "%d of %d".formatted((int) point.falsePositives(), e.good()));
    return row;
  }

  /** The detectors of the model, each with a sentence. */
  static List<Map<String, Object>> detectors(Report report) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String detector : report.model().detectors()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", Texts.text(detector));
      row.put("text", Sentences.detector(detector));
      rows.add(row);
    }
    return rows;
  }

  /** Evaluation of the training pictures by their out-of-fold scores, from the model card. */
  static List<Map<String, Object>> outOfFold(Report report) {
    List<Map<String, Object>> rows = new ArrayList<>();
    Map.of(
            "relook.outOfFold.rocAuc", "ROC AUC",
            "relook.outOfFold.averagePrecision", "Average precision",
            "relook.outOfFold.f1", "F1")
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey(Comparator.reverseOrder()))
        .forEach(
            entry -> {
              String value = report.model().card().get(entry.getKey());
              if (value != null) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("name", entry.getValue());
                row.put("value", Texts.number(value));
                rows.add(row);
              }
            });
    return rows;
  }

  /** Provenance, then the model card. */
  static List<Map<String, Object>> facts(Report report) {
    List<Map<String, Object>> rows = new ArrayList<>();
    report.provenance().forEach((name, value) -> rows.add(fact(name, value)));
    new TreeMap<>(report.model().card()).forEach((name, value) -> rows.add(fact(name, value)));
    return rows;
  }

  private static Map<String, Object> fact(String name, String value) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", Texts.text(name));
    row.put("value", Texts.text(value));
    return row;
  }
}

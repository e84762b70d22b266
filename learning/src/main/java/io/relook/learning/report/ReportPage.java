package io.relook.learning.report;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.evaluation.Interval;
import io.relook.learning.evaluation.OperatingPoint;
import io.relook.learning.report.Report.Suspect;
import io.relook.learning.report.Report.TestedPicture;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a {@link Report} as one HTML page that needs nothing else: no script, no font, no request.
 * The template escapes every text; a content security policy forbids what a gap in that could do.
 * Equal reports and illustrations give equal bytes on one machine; charts are drawn with its fonts.
 */
public final class ReportPage {
  private static final Logger LOG = LoggerFactory.getLogger(ReportPage.class);

  private static final String FOLDER = "io/relook/learning/report/";

  /** Longest text that is shown of a source reference or a name. */
  private static final int LONGEST_TEXT = 1024;

  /** Rows of the table of defect classes. */
  private static final int MAX_CLASSES = 30;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final PebbleEngine ENGINE = engine();

  private ReportPage() {}

  private static PebbleEngine engine() {
    ClasspathLoader loader = new ClasspathLoader(ReportPage.class.getClassLoader());
    loader.setPrefix(FOLDER);
    return new PebbleEngine.Builder()
        .loader(loader)
        .autoEscaping(true)
        .strictVariables(true)
        .defaultLocale(Locale.ROOT)
        .build();
  }

  /**
   * The page, UTF-8.
   *
   * @param illustrate shows a picture by its source reference, asked at most once for each; nothing
   *     where the picture is not to be had
   */
  public static byte[] write(Report report, Function<String, Optional<Illustration>> illustrate) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("project", text(report.project()));
    page.put("version", text(report.version()));
    page.put("trained_at", TIME.format(report.trainedAt()));
    page.put("threshold", number(report.threshold()));
    page.put("training_good", report.trainingGood());
    page.put("training_anomalous", report.trainingAnomalous());
    List<ImageScore> scores = report.scores();
    Evaluation evaluation = Evaluator.evaluate(scores, report.threshold());
    page.put("tested", scores.size());
    page.put("anomalous", evaluation.anomalous());
    page.put("good", evaluation.good());
    page.put("headline", Sentences.headline(evaluation));
    page.put("expectation", Sentences.expectation(evaluation));
    page.put("advice", Sentences.advice(report, evaluation));
    page.put("metrics", metrics(evaluation));
    page.put("confusion", evaluation);
    page.put("classes", classes(report));
    page.put("others", otherThresholds(scores, evaluation));
    page.put(
        "histogram", chart(!scores.isEmpty(), () -> Charts.histogram(scores, report.threshold())));
    page.put(
        "curve",
        chart(
            evaluation.anomalous() > 0,
            () -> Charts.precisionRecall(Evaluator.operatingPoints(scores, 1), evaluation)));
    Map<String, Optional<Illustration>> shown = new LinkedHashMap<>();
    Function<String, Optional<Illustration>> once = id -> shown.computeIfAbsent(id, illustrate);
    page.put("misses", cards(report.misses(), once));
    page.put("missed", evaluation.falseNegatives());
    page.put("false_alarms", cards(report.falseAlarms(), once));
    page.put("alarmed", evaluation.falsePositives());
    page.put("doubtful", cards(report.doubtful(), once));
    page.put("hits", cards(report.clearestHits(), once));
    page.put("suspects", suspects(report, once));
    page.put("suspected", report.suspects().size());
    page.put("suspects_text", Sentences.suspects(report));
    page.put("heads", heads(report));
    page.put("regime", report.mode());
    page.put("regime_text", Sentences.regime(report.mode()));
    page.put("goal_text", Sentences.goal(report));
    page.put("out_of_fold", outOfFold(report));
    page.put("facts", facts(report));
    page.put("style", resource("report.css"));
    StringWriter html = new StringWriter();
    try {
      ENGINE.getTemplate("report.html").evaluate(html, page, Locale.ROOT);
    } catch (IOException e) {
      throw new UncheckedIOException("The report's template can be read", e);
    }
    return html.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** A number of the table: what it is, how much, how sure, what it means. */
  private static Map<String, Object> metric(
      String name, double value, Optional<Interval> interval, String meaning) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", name);
    row.put("value", number(value));
    row.put("interval", interval.map(i -> number(i.low()) + " – " + number(i.high())).orElse("–"));
    row.put("meaning", meaning);
    return row;
  }

  private static List<Map<String, Object>> metrics(Evaluation e) {
    List<Map<String, Object>> rows = new ArrayList<>();
    if (e.anomalous() > 0) {
      rows.add(
          metric(
              "Recall",
              e.recall(),
              Optional.of(Interval.ofShare(e.truePositives(), e.anomalous())),
              "Of 100 defective pictures, it finds about %d.".formatted(percent(e.recall()))));
    }
    if (e.truePositives() + e.falsePositives() > 0) {
      rows.add(
          metric(
              "Precision",
              e.precision(),
              Optional.of(
                  Interval.ofShare(e.truePositives(), e.truePositives() + e.falsePositives())),
              "Of 100 alarms, about %d are right, if defects are as frequent as in the test."
                  .formatted(percent(e.precision()))));
    }
    if (e.good() > 0) {
      double rate = (double) e.falsePositives() / e.good();
      rows.add(
          metric(
              "False-alarm rate",
              rate,
              Optional.of(Interval.ofShare(e.falsePositives(), e.good())),
              "Of 100 good pictures, about %d raise an alarm.".formatted(percent(rate))));
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

  private static List<Map<String, Object>> classes(Report report) {
    Map<String, int[]> found = new TreeMap<>();
    for (TestedPicture picture : report.tested()) {
      if (picture.score().anomalous()) {
        int[] counts =
            found.computeIfAbsent(
                text(picture.defectClass().orElse("(no class)")), k -> new int[2]);
        counts[0] += picture.score().score() >= report.threshold() ? 1 : 0;
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

  /** What the two ends of the trade would cost on the test pictures. */
  private static List<Map<String, Object>> otherThresholds(List<ImageScore> scores, Evaluation e) {
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
    row.put("threshold", floor(point.threshold()));
    row.put("found", "%d of %d".formatted((int) point.truePositives(), e.anomalous()));
    row.put("alarms", "%d of %d".formatted((int) point.falsePositives(), e.good()));
    return row;
  }

  private static List<Map<String, Object>> cards(
      List<TestedPicture> pictures, Function<String, Optional<Illustration>> illustrate) {
    List<Map<String, Object>> cards = new ArrayList<>();
    for (TestedPicture picture : pictures) {
      ImageScore score = picture.score();
      String label =
          score.anomalous()
              ? picture.defectClass().map(c -> "defective: " + text(c)).orElse("defective")
              : "good";
      cards.add(card(score.id(), label, Optional.of(score.score()), illustrate.apply(score.id())));
    }
    return cards;
  }

  private static List<Map<String, Object>> suspects(
      Report report, Function<String, Optional<Illustration>> illustrate) {
    List<Map<String, Object>> cards = new ArrayList<>();
    for (Suspect suspect :
        report.suspects().subList(0, Math.min(Report.MAX_SHOWN, report.suspects().size()))) {
      Optional<Illustration> illustration = illustrate.apply(suspect.id());
      cards.add(card(suspect.id(), suspect.label(), Optional.empty(), illustration));
    }
    return cards;
  }

  private static Map<String, Object> card(
      String id, String label, Optional<Double> score, Optional<Illustration> illustration) {
    Map<String, Object> card = new LinkedHashMap<>();
    String shown = text(id);
    card.put("id", shown);
    card.put("name", shown.substring(shown.lastIndexOf('/', shown.length() - 2) + 1));
    card.put("label", label);
    card.put("score", score.map(ReportPage::score).orElse(""));
    card.put("picture", illustration.map(i -> base64(i.picture())).orElse(""));
    card.put("heat_map", illustration.map(i -> base64(i.heatMap())).orElse(""));
    return card;
  }

  private static List<Map<String, Object>> heads(Report report) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String head : report.heads()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", text(head));
      row.put("text", Sentences.head(head));
      rows.add(row);
    }
    return rows;
  }

  /** What models that had not seen them say about the training pictures. */
  private static List<Map<String, Object>> outOfFold(Report report) {
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
              String value = report.card().get(entry.getKey());
              if (value != null) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("name", entry.getValue());
                row.put("value", parsed(value));
                rows.add(row);
              }
            });
    return rows;
  }

  private static String parsed(String value) {
    try {
      return number(Double.parseDouble(value));
    } catch (NumberFormatException e) {
      return text(value);
    }
  }

  private static List<Map<String, Object>> facts(Report report) {
    List<Map<String, Object>> rows = new ArrayList<>();
    report.provenance().forEach((name, value) -> rows.add(fact(name, value)));
    new TreeMap<>(report.card()).forEach((name, value) -> rows.add(fact(name, value)));
    return rows;
  }

  private static Map<String, Object> fact(String name, String value) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", text(name));
    row.put("value", text(value));
    return row;
  }

  private interface Drawing {
    String draw();
  }

  /**
   * A chart; empty where there is nothing to draw or the machine cannot. Charts need fonts of the
   * machine they are drawn on, which a bare container may lack: a report without charts is worth
   * more than a training that fails again and again for want of a font.
   */
  @SuppressWarnings("CatchingUnchecked") // AWT without fonts fails with several kinds of errors
  private static String chart(boolean wanted, Drawing drawing) {
    if (!wanted) {
      return "";
    }
    try {
      return drawing.draw();
    } catch (RuntimeException | LinkageError | InternalError e) {
      LOG.warn(
          "A chart of the report could not be drawn; where Java finds no fonts, install fontconfig",
          e);
      return "";
    }
  }

  private static String resource(String name) {
    try (var in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Bounded; control characters, which HTML knows no way to write, become spaces. */
  private static String text(String any) {
    String printable = any.replaceAll("\\p{Cc}", " ");
    return printable.length() <= LONGEST_TEXT
        ? printable
        : printable.substring(0, LONGEST_TEXT) + "…";
  }

  private static int percent(double share) {
    return (int) Math.round(100 * share);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /** Rounded down: a threshold rounded up would lose the picture it stands at. */
  private static String floor(double threshold) {
    return BigDecimal.valueOf(threshold).setScale(4, RoundingMode.FLOOR).toPlainString();
  }

  private static String score(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}

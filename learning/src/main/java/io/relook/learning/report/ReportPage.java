package io.relook.learning.report;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.Evaluator;
import io.relook.learning.evaluation.ImageScore;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a {@link Report} as one self-contained HTML page: no script, no font, no request. The
 * template escapes every text, and a content security policy limits what a missed escape could do.
 * Equal reports and illustrations give equal bytes on one machine; charts use its fonts.
 */
public final class ReportPage {
  private static final Logger LOG = LoggerFactory.getLogger(ReportPage.class);

  private static final String FOLDER = "io/relook/learning/report/";

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
   * @param illustrate illustrates a picture by its source reference, called at most once for each;
   *     nothing where the picture is no longer available
   */
  public static byte[] write(Report report, Function<String, Optional<Illustration>> illustrate) {
    Report.Model model = report.model();
    Report.Training training = report.training();
    List<ImageScore> scores = report.scores();
    Evaluation evaluation = Evaluator.evaluate(scores, model.threshold());
    PictureCards cards = new PictureCards(illustrate);
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("project", Texts.text(model.project()));
    page.put("version", Texts.text(model.version()));
    page.put("trained_at", TIME.format(model.trainedAt()));
    page.put("threshold", Texts.number(model.threshold()));
    page.put("training_good", training.good());
    page.put("training_anomalous", training.anomalous());
    page.put("tested", scores.size());
    page.put("anomalous", evaluation.anomalous());
    page.put("good", evaluation.good());
    page.put("headline", Sentences.headline(evaluation));
    page.put("expectation", Sentences.expectation(evaluation));
    page.put("advice", Sentences.advice(training, evaluation));
    page.put("metrics", ReportTables.metrics(evaluation));
    page.put("confusion", evaluation);
    page.put("classes", ReportTables.defectClasses(report));
    page.put("others", ReportTables.otherThresholds(scores, evaluation));
    page.put(
        "histogram", chart(!scores.isEmpty(), () -> Charts.histogram(scores, model.threshold())));
    page.put(
        "curve",
        chart(
            evaluation.anomalous() > 0,
            () -> Charts.precisionRecall(Evaluator.operatingPoints(scores, 1), evaluation)));
    page.put("misses", cards.tested(report.misses()));
    page.put("missed", evaluation.falseNegatives());
    page.put("false_alarms", cards.tested(report.falseAlarms()));
    page.put("alarmed", evaluation.falsePositives());
    page.put("closest", cards.tested(report.closestToThreshold()));
    page.put("hits", cards.tested(report.clearestHits()));
    page.put("suspects", cards.suspects(training.suspects()));
    page.put("suspected", training.suspects().size());
    page.put("suspects_text", Sentences.suspects(training));
    page.put("detectors", ReportTables.detectors(report));
    page.put("mode", training.mode());
    page.put("mode_text", Sentences.mode(training.mode()));
    page.put("goal_text", Sentences.goal(report));
    page.put("out_of_fold", ReportTables.outOfFold(report));
    page.put("facts", ReportTables.facts(report));
    page.put("style", resource("report.css"));
    StringWriter html = new StringWriter();
    try {
      ENGINE.getTemplate("report.html").evaluate(html, page, Locale.ROOT);
    } catch (IOException e) {
      throw new UncheckedIOException("The report's template cannot be read.", e);
    }
    return html.toString().getBytes(StandardCharsets.UTF_8);
  }

  private interface Drawing {
    String draw();
  }

  /**
   * A chart; empty where there is nothing to draw or the machine has no fonts, as in a minimal
   * container. A report without charts is better than a training that fails because a font is
   * missing.
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
        throw new IllegalStateException("The resource " + name + " is missing.");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The resource " + name + " cannot be read.", e);
    }
  }
}

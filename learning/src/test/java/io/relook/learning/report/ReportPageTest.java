package io.relook.learning.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.report.Report.Suspect;
import io.relook.learning.report.Report.TestedPicture;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportPageTest {
  private static final String HOSTILE = "\"'><script>alert(1)</script><img src=//evil.example/x>";

  private static final Illustration ILLUSTRATION =
      new Illustration(new byte[] {1, 2, 3}, new byte[] {4, 5, 6}, 0.5);

  /** Nine of ten found, one false alarm among twelve. */
  private static final List<TestedPicture> TESTED = new ArrayList<>();

  static {
    for (int i = 0; i < 10; i++) {
      TESTED.add(tested("s3://b/bad-" + i + ".jpg", true, i == 0 ? 0.21 : 0.6 + 0.03 * i, "dent"));
    }
    for (int i = 0; i < 12; i++) {
      TESTED.add(tested("s3://b/good-" + i + ".jpg", false, i == 0 ? 0.77 : 0.01 * i, null));
    }
  }

  @Test
  void saysWhatTheModelFindsAndHowSureThatIs() {
    String page = page(report(TESTED, List.of(), Map.of()));

    assertThat(page)
        .contains(
            "Finds 9 of 10 defective test pictures and raises a false alarm on 1 of 12 good ones.")
        .contains("find 60–98 % of the defects and to stop 1–35 % of the good ones")
        .contains("<td class=\"n\">0.596 – 0.982</td>")
        .contains("<tr><th scope=\"row\">dent</th><td class=\"n\">9 of 10</td></tr>");
  }

  @Test
  void hasEverySection() {
    String page =
        page(
            report(
                TESTED,
                List.of(new Suspect("s3://b/train-3.jpg", "good")),
                Map.of("relook.outOfFold.f1", "0.87654", "relook.version", "3")));

    for (String heading :
        List.of(
            "What to do next",
            "Numbers",
            "Right and wrong",
            "By kind of defect",
            "Scores of the test pictures",
            "Precision over recall",
            "If you move the threshold",
            "Missed: labelled defective, called good (1)",
            "False alarms: labelled good, called defective (1)",
            "Most doubtful",
            "Clearest hits",
            "Suspected wrong labels",
            "How it decides",
            "Where it comes from")) {
      assertThat(page).containsPattern("<h[23][^>]*>" + Pattern.quote(heading));
    }
    assertThat(page).contains("F1 0.877").contains("<td>3</td>").contains("whitened-bank");
    assertThat(count(page, "<svg ")).isEqualTo(2);
    // Each picture has its heat map and a text for people who cannot see it.
    assertThat(count(page, "<img ")).isEqualTo(2 * (1 + 1 + 6 + 3 + 1));
    assertThat(count(page, "alt=\"")).isEqualTo(count(page, "<img "));
  }

  @Test
  void isWellFormedAndAsksForNothing() throws Exception {
    String page = page(report(TESTED, List.of(), Map.of()));

    for (Matcher m = Pattern.compile("(?:src|href|url)\\s*[=(]\\s*[\"']?([^\"')>]*)").matcher(page);
        m.find(); ) {
      assertThat(m.group(1)).matches("data:image/jpeg;base64,[A-Za-z0-9+/=]*|#[a-zA-Z0-9-]+");
    }
    assertThat(page)
        .doesNotContain("<script", "<link", "@import", "<iframe", "http:", "https:")
        .contains("default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    String body = page.substring(page.indexOf("<body>"), page.indexOf("</html>"));
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(body.replaceAll("<(img[^>]*)>", "<$1/>").getBytes(UTF_8)));
  }

  @Test
  void identifiersAreThereOnce() {
    Matcher ids =
        Pattern.compile(" id=\"([^\"]*)\"").matcher(page(report(TESTED, List.of(), Map.of())));
    List<String> found = new ArrayList<>();
    while (ids.find()) {
      found.add(ids.group(1));
    }
    found.removeIf("genericDefs"::equals); // empty, and nothing points there

    assertThat(found).isNotEmpty().doesNotHaveDuplicates();
  }

  @Test
  void textsOfOthersStayTexts() {
    List<TestedPicture> tested =
        List.of(
            tested("s3://b/" + HOSTILE + ".jpg", true, 0.1, HOSTILE),
            tested("s3://b/ok.jpg", false, 0.1, null));
    Report report =
        new Report(
            new Report.Model(
                HOSTILE,
                HOSTILE,
                Instant.EPOCH,
                0.5,
                List.of(HOSTILE),
                Map.of(HOSTILE, HOSTILE, "relook.threshold.goal", "min-recall" + HOSTILE)),
            new Report.Training(1, 1, HOSTILE, List.of(new Suspect(HOSTILE, HOSTILE))),
            tested,
            Map.of(HOSTILE, HOSTILE + "\u0000\u0007"));

    String page = page(report);

    assertThat(page).doesNotContain("<script", "<img src=//", "\u0000", "\u0007");
    assertThat(page).doesNotContain("\"'>").contains("&quot;&#39;&gt;&lt;script&gt;");
  }

  @ParameterizedTest
  @CsvSource({
    "SINGLE_PICTURE, best-f1, the threshold is a guess",
    "NORMALS_ONLY, best-f1, just above the scores of good pictures",
    "FEW_ANOMALIES, best-f1, just above the scores of good pictures",
    "STACKED, best-f1, with the best F1",
    "STACKED, best-f1=0.02, defective as expected (best-f1=0.02)",
    "STACKED, max-false-positive-rate=0.01, (max-false-positive-rate=0.01)",
    "FEW_ANOMALIES, min-recall=0.95, (min-recall=0.95)",
  })
  void saysHowTheThresholdWasChosen(String mode, String goal, String sentence) {
    Report report = report(TESTED, List.of(), mode, Map.of("relook.threshold.goal", goal));

    assertThat(Sentences.goal(report)).contains(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "STACKED, 1 training picture labelled good looks as defective as the defective ones do.",
    "FEW_ANOMALIES, 1 training picture labelled good looks far from the rest.",
  })
  void saysWhyALabelIsSuspected(String mode, String sentence) {
    Report report = report(TESTED, List.of(new Suspect("a", "good")), mode, Map.of());

    assertThat(page(report)).contains(sentence);
  }

  @Test
  void longTextsAreCut() {
    String page = page(report(List.of(), List.of(), Map.of("k", "x".repeat(100_000))));

    assertThat(page.length()).isLessThan(30_000);
  }

  @Test
  void aColdStartSaysThatNothingWasMeasured() {
    String page = page(report(List.of(), List.of(), Map.of()));

    assertThat(page)
        .contains("This model has not been measured: there were no test pictures.")
        .contains("No training picture looks as if its label were wrong.")
        .doesNotContain("<svg", "NaN", "null", "Missed:", "id=\"numbers\"");
  }

  @Test
  void goodTestPicturesAloneAreNoMeasureOfDefects() {
    String page = page(report(TESTED.subList(10, 22), List.of(), Map.of()));

    assertThat(page)
        .contains(
            "Not measured on defects; of the good test pictures, 1 of 12 raise a false alarm.")
        .doesNotContain("NaN", "Precision over recall", "ROC AUC</th>");
  }

  @Test
  void defectiveTestPicturesAloneAreNoMeasureOfFalseAlarms() {
    assertThat(page(report(TESTED.subList(0, 10), List.of(), Map.of())))
        .contains("Finds 9 of 10 defective test pictures.")
        .doesNotContain("NaN", "False-alarm rate</th>");
  }

  @Test
  void noMorePicturesThanAPageCarries() {
    List<TestedPicture> tested =
        IntStream.range(0, 4000)
            .mapToObj(i -> tested("p" + i, i % 2 == 0, (i % 97) / 97.0 + 0.001, "c" + i % 200))
            .toList();
    List<Suspect> suspects =
        IntStream.range(0, 500).mapToObj(i -> new Suspect("t" + i, "good")).toList();

    String page = page(report(tested, suspects, Map.of()));

    assertThat(count(page, "<img ")).isEqualTo(2 * 5 * Report.MAX_SHOWN);
    assertThat(page).contains("500 training pictures labelled good");
  }

  @Test
  void aPictureThatIsGoneLeavesItsCard() {
    Report report = report(TESTED, List.of(), Map.of());

    String page = new String(ReportPage.write(report, id -> Optional.empty()), UTF_8);

    assertThat(page).contains("The picture is no longer there.").contains("bad-0.jpg");
    assertThat(count(page, "<img ")).isZero();
  }

  @Test
  void equalReportsGiveEqualBytes() {
    Report report = report(TESTED, List.of(), Map.of("a", "b", "c", "d"));

    assertThat(page(report)).isEqualTo(page(report));
  }

  private static String page(Report report) {
    return new String(ReportPage.write(report, id -> Optional.of(ILLUSTRATION)), UTF_8);
  }

  private static Report report(
      List<TestedPicture> tested, List<Suspect> suspects, Map<String, String> card) {
    return report(tested, suspects, "STACKED", card);
  }

  private static Report report(
      List<TestedPicture> tested, List<Suspect> suspects, String mode, Map<String, String> card) {
    return new Report(
        new Report.Model(
            "parts",
            "3",
            Instant.parse("2026-11-25T10:00:00Z"),
            0.5,
            List.of("whitened-bank", "linear-classifier"),
            card),
        new Report.Training(60, 30, mode, suspects),
        tested,
        Map.of("Seed", "42"));
  }

  private static TestedPicture tested(
      String id, boolean anomalous, double score, @Nullable String kind) {
    return new TestedPicture(new ImageScore(id, anomalous, score), Optional.ofNullable(kind));
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }
}

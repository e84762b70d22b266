package io.relook.client.cli;

import static io.relook.client.cli.Ran.relook;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.relook.client.pictures.Drawn;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code images send} says before it sends anything; there is no broker. */
// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class ImagesSendTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path directory;

  @Test
  void thereIsNothingToKnowAboutTheLinesOfAFolder() throws IOException {
    Drawn.put(directory, "good/1.png");

    try (PictureOptions.Selection selection =
        new PictureOptions().select(directory, Optional.empty())) {
      assertThat(selection.images()).hasSize(1);
      assertThat(selection.findings()).isEmpty();
    }
  }

  @Test
  void theDryRunShowsWhatWouldBeSent() throws IOException {
    Path photos = directory.resolve("photos");
    Drawn.put(
        photos,
        "train/good/1.png",
        "test/good/2.png",
        "test/dent/3.png",
        "ground_truth/dent/3_mask.png",
        "test/dent/4.heic");
    Ran text = relook("images", "send", "--project=p", "--dry-run", photos.toString());
    assertThat(text.exitCode()).isEqualTo(1);
    assertThat(text.out())
        .isEqualTo(
            """
            In photos:
            DATA SET  LABEL    CLASS  PICTURES  MASKS
            train     normal   -      1         0
            test      normal   -      1         0
            test      anomaly  dent   1         1
            all                       3         1
            Left out:
              1 picture in the format HEIC: test/dent/4.heic. Save them as PNG or JPEG.
            Nothing was sent (--dry-run).
            """);
    assertThat(text.err()).startsWith("relook: 1 file was left out: ");
    Ran json =
        relook(
            "images",
            "send",
            "--project=p",
            "--dry-run",
            "--skip-unreadable",
            "--dataset=test",
            "--output=json",
            photos.toString());
    assertThat(json.exitCode()).isZero();
    JsonNode rows = JSON.readTree(json.out()).path("pictures");
    assertThat(rows)
        .extracting(JsonNode::toString)
        .containsExactly(
            "{\"dataset\":\"test\",\"label\":\"normal\",\"pictures\":2,\"masks\":0}",
            "{\"dataset\":\"test\",\"label\":\"anomaly\",\"defectClass\":\"dent\",\"pictures\":1,\"masks\":1}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a/1.png b/2.png | No picture is normal",
        "good/1.png Cut/1.png cut/2.png | written in two ways",
        "good/1.jpg good/1.png cut/2.png | have one name, as",
        "good/1.jpg good/1.png good/2.jpg good/2.png cut/2.png | 2 pairs of pictures"
      })
  void whatIsProbablyAMistakeIsNotSentByAScript(String files, String sentence) {
    Drawn.put(directory, files.split(" "));
    Ran ran = relook("images", "send", "--project=p", directory.toString());
    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err())
        .contains("Probably a mistake:")
        .contains("relook: Nothing was done, since this is probably a mistake: ")
        .contains(sentence.replace("have one name, as", "one name, as"))
        .contains("Give --yes if it is right.");
  }

  @Test
  void aPictureUnderTwoLabelsIsShownBeforeAnythingIsSent() {
    Drawn.put(directory, "good/1.png", "cut/2.png");
    Drawn.write(directory.resolve("cut/3.png"), Drawn.png(1));
    Ran ran = relook("images", "send", "--project=p", directory.toString());
    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err())
        .contains(
            "1 picture has two labels: cut/3.png is an anomaly of class cut, and good/1.png is normal.");
  }

  @Test
  void aDryRunOfAManifestIsRefused() throws IOException {
    Path manifest =
        Files.writeString(directory.resolve("m.manifest"), "{\"source-ref\":\"s3://a/b\"}");
    Ran ran = relook("images", "send", "--project=p", "--dry-run", manifest.toString());
    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains("--dry-run shows what is understood of a folder");
  }

  @ParameterizedTest
  @CsvSource({
    "y, false, true",
    "YES, false, true",
    "'', true, true",
    "'', false, false",
    "n, true, false",
    "hm, true, false"
  })
  void onlyYesIsYes(String answer, boolean otherwise, boolean yes) {
    assertThat(Terminal.isYes(answer, otherwise)).isEqualTo(yes);
  }

  @Test
  void convertCopiesAndSaysWhatItCouldNot() throws IOException {
    Path photos = Drawn.put(directory.resolve("photos"), "good/1.bmp", "good/2.jpg");
    Drawn.write(photos.resolve("good/3.tif"), Drawn.cutOff(Drawn.file("3.tif", 3)));
    Ran ran = relook("images", "convert", photos.toString());
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out())
        .isEqualTo("Wrote %s-png: 1 picture became PNG, 1 file was copied.%n".formatted(photos));
    assertThat(ran.err()).startsWith("relook: Not in the copy: 1 picture in the format TIFF");
    assertThat(directory.resolve("photos-png/good/1.png")).exists();
    Ran again = relook("images", "convert", photos.toString());
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err()).contains("There is something in " + photos + "-png already");
    assertThat(relook("images", "convert", "--to=" + photos + "/x", photos.toString()).err())
        .contains("is inside of");
  }

  /** In a process of its own, since Java reads the locale when it starts. */
  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8", "xx_XX.UTF-8"})
  void namesAreReadInAnyLocale(String locale) throws Exception {
    Path umlauts = directory.resolve("umlauts");
    Drawn.put(umlauts, "good/Prüfling-0.png", "Größe/a.png", "Größe/b_€.jpg", "mask/Größe/a.png");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfile.encoding=UTF-8",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                RelookCommand.class.getName()));
    command.addAll(
        Arrays.asList("images send --project p --dry-run --output json umlauts".split(" ")));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("LC_ALL", locale);
    builder.redirectErrorStream(true);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("\"defectClass\":\"Größe\",\"pictures\":2,\"masks\":1");
    assertThat(output).contains("\"leftOut\":[]");
  }

  /** The launcher's own function, in the locales that cron, systemd and containers have. */
  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "", "xx_XX.UTF-8", "de_DE.ISO-8859-15@nowhere", "C.UTF-8"})
  void theLauncherSetsALocaleWithUtf8(String locale) throws Exception {
    File launcher = Path.of("..", "relook").toFile();
    String function = "eval \"$(sed -n '/^set_utf8_locale()/,/^}/p' '%s')\"".formatted(launcher);
    ProcessBuilder builder =
        new ProcessBuilder(
            "bash", "-c", function + "; set_utf8_locale; set_utf8_locale; locale charmap");
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
    if (!locale.isEmpty()) {
      builder.environment().put("LC_ALL", locale);
    }
    // Bash itself complains about a locale that is not installed.
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("UTF-8\n");
  }
}

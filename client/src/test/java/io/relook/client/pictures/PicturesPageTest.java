package io.relook.client.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.client.ImageSource;
import io.relook.client.RelookException;
import io.relook.client.pictures.FolderOptions.Validation;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tables of {@code docs/guides/pictures.md} are made from the code: words and formats from
 * their enums, layouts by reading each of them. Each stands between {@code <!-- name -->} and
 * {@code <!-- /name -->}.
 */
// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class PicturesPageTest {
  private static final Path PAGE = Path.of("..", "docs", "guides", "pictures.md");

  /** Give it, and the test writes what it would compare. */
  private static final String WRITE = "relook.reference.write";

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"layouts", "words", "formats", "left-out"})
  void thePageHasTheTableOfThisVersion(String name) throws IOException {
    Map<String, Supplier<String>> tables =
        Map.of(
            "layouts", this::layouts,
            "words", PicturesPageTest::words,
            "formats", PicturesPageTest::formats,
            "left-out", PicturesPageTest::leftOut);
    String page = Files.readString(PAGE);
    String begin = "<!-- " + name + " -->\n";
    String end = "<!-- /" + name + " -->";
    assertThat(page).contains(begin, end);
    String written =
        page.substring(0, page.indexOf(begin) + begin.length())
            + Objects.requireNonNull(tables.get(name)).get()
            + page.substring(page.indexOf(end));
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(PAGE, written);
      return;
    }
    assertThat(page)
        .as(
            "docs/guides/pictures.md differs from the code. Write it with: mvn -Dquick -pl client -am test"
                + " -Dtest=PicturesPageTest -Dsurefire.failIfNoSpecifiedTests=false -D%s=true",
            WRITE)
        .isEqualTo(written);
  }

  private static String words() {
    StringBuilder table = new StringBuilder("| name of the folder | what it holds |\n|---|---|\n");
    for (FolderWord word : FolderWord.values()) {
      String names =
          word.words().isEmpty()
              ? "any other"
              : word.words().stream()
                  .map(name -> "`" + name + "`")
                  .collect(Collectors.joining(" "));
      table.append("| %s | %s |\n".formatted(names, word.meaning()));
    }
    return table.toString();
  }

  private static String formats() {
    Map<FileKind.Use, String> uses =
        Map.of(
            FileKind.Use.SENT, "sent as it is",
            FileKind.Use.CONVERTED, "left out; with `--convert` sent as PNG, without loss",
            FileKind.Use.OTHER_PICTURE, "left out: save it as PNG or JPEG");
    StringBuilder table = new StringBuilder("| format | endings | what happens |\n|---|---|---|\n");
    for (FileKind kind : FileKind.values()) {
      if (!kind.endings().isEmpty()) {
        String endings =
            kind.endings().stream().map(e -> "`." + e + "`").collect(Collectors.joining(" "));
        table.append(
            "| %s | %s | %s |\n"
                .formatted(kind.title(), endings, Objects.requireNonNull(uses.get(kind.use()))));
      }
    }
    return table.toString();
  }

  private static String leftOut() {
    StringBuilder table = new StringBuilder("| what is left out | a loss |\n|---|---|\n");
    for (LeftOut.Reason reason : LeftOut.Reason.values()) {
      LeftOut example = new LeftOut("x", reason, FileKind.TIFF, "");
      String title =
          LeftOutText.summary(List.of(example, example))
              .replaceFirst("^2 files were left out: 2 (.*) \\(x, …\\)\\.$", "$1")
              .replace("the format TIFF", "another format");
      table.append("| %s | %s |\n".formatted(title, reason.isLoss() ? "yes" : "no"));
    }
    return table.toString();
  }

  /** What people have, as files, and how it is read. */
  private String layouts() {
    Map<String, String> layouts = new LinkedHashMap<>();
    layouts.put("classes", "good/1.jpg scratch/2.jpg dent/3.jpg");
    layouts.put("of a factory", "OK/1.jpg NG/scratch/2.jpg NG/dent/3.jpg");
    layouts.put("anomalib's Folder", "good/1.jpg crack/2.jpg mask/crack/2.png");
    layouts.put(
        "MVTec AD", "train/good/0.png test/good/0.png test/cut/0.png ground_truth/cut/0_mask.png");
    layouts.put(
        "MVTec LOCO AD",
        "train/good/0.png validation/good/0.png test/logical_anomalies/0.png ground_truth/logical_anomalies/0/0.png ground_truth/logical_anomalies/0/1.png");
    layouts.put(
        "MVTec AD 2",
        "train/good/0.png test_public/bad/1.png test_public/ground_truth/bad/1_mask.png");
    layouts.put("BTAD", "train/ok/0.png test/ok/1.png test/ko/2.png ground_truth/ko/2.png");
    layouts.put(
        "VisA, one class",
        "image_anno.csv Data/Images/Normal/0.JPG Data/Images/Anomaly/1.JPG Data/Masks/Anomaly/1.png");
    layouts.put("Real-IAD", "OK/S1/a.jpg NG/pit/S2/b.jpg NG/pit/S2/b.png");
    layouts.put("one level too high", "bottle/train/good/0.png cable/train/good/1.png");
    layouts.put("unpacked into a folder of its own", "photos/good/0.png photos/dent/1.png");
    layouts.put("no folders", "0.png 1.png");
    layouts.put("no normal pictures", "dent/0.png scratch/1.png");
    layouts.put("sounds normal", "ok_front/0.png def_front/1.png");
    layouts.put("two sets in one folder", "good/0.png dent/1.png old/good/2.png");
    layouts.put("masks as a class", "good/0.png dent/1.png drawn/1.png");
    StringBuilder table = new StringBuilder("| layout | for example | read as |\n|---|---|---|\n");
    layouts.forEach(
        (name, files) ->
            table.append(
                "| %s | %s | %s |\n"
                    .formatted(
                        name,
                        Arrays.stream(files.split(" "))
                            .map(file -> "`" + file + "`")
                            .collect(Collectors.joining("<br>")),
                        read(name, files.split(" ")))));
    return table.toString();
  }

  private String read(String name, String... files) {
    Path root = directory.resolve(name.replaceAll("\\W", "_")).resolve("DIR");
    Drawn.put(root, files);
    if (files[0].endsWith(".csv")) {
      Drawn.write(
          root.resolve(files[0]),
          "image,label,mask\nDIR/Data/Images/Normal/0.JPG,normal,\nDIR/Data/Images/Anomaly/1.JPG,bent,DIR/Data/Masks/Anomaly/1.png\n"
              .getBytes(StandardCharsets.UTF_8));
    }
    if (name.startsWith("masks") || name.startsWith("Real")) {
      Drawn.write(root.resolve(files[2]), Drawn.mask());
    }
    try {
      return said(ImageFolder.read(root));
    } catch (RelookException e) {
      String sentence =
          "refused: " + String.valueOf(e.getMessage()).replace(root.toString(), "DIR");
      return name.contains("LOCO")
          ? sentence + "<br>With `--validation skip`: " + said(ImageFolder.read(root, skip()))
          : sentence;
    }
  }

  private static FolderOptions skip() {
    return new FolderOptions(
        Optional.empty(), Optional.of(Validation.SKIP), Set.of(), Set.of(), false);
  }

  private static String said(ImageFolder folder) {
    List<String> parts = new ArrayList<>();
    for (ImageSource image : folder.images()) {
      String what =
          image.label() == Label.NORMAL
              ? "normal"
              : "anomaly, class " + image.defectClass().orElse("none");
      String where = image.dataset().map(DatasetType::name).orElse("").toLowerCase(Locale.ROOT);
      parts.add(
          "`%s`: %s%s%s"
              .formatted(
                  image.sourceRef().substring(image.sourceRef().lastIndexOf('/') + 1),
                  where.isEmpty() ? "" : where + ", ",
                  what,
                  image.mask().isPresent() ? ", with mask" : ""));
    }
    folder.questions().forEach(question -> parts.add("asked about: " + question));
    return String.join("<br>", parts);
  }
}

package io.relook.job.importing;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.contract.Contract;
import io.relook.job.domain.ImportRequest;
import io.relook.job.importing.ManifestReader.Result;
import io.relook.schemas.manifest.GroundTruthLine;
import io.relook.wire.AnnotationMetadata;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import io.relook.wire.MaskColor;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of the shapes of real manifests: spec lookout-for-vision.md §4.2, the seven deviations. */
class ManifestReaderTest {

  @Test
  @Contract({"MANIFEST-DOCUMENTED", "MANIFEST-CLASSIFICATION"})
  void whatIsDocumented() {
    List<LabeledImage> images = images("documented.manifest");

    assertThat(images)
        .extracting(LabeledImage::getLabel)
        .containsExactly(Label.NORMAL, Label.ANOMALY);
    assertThat(images.get(0))
        .isEqualTo(
            LabeledImage.newBuilder()
                .setAccount("1")
                .setProject("bolts")
                .setSourceRef("s3://factory/normal/1.jpg")
                .setImageLocation(new S3Object("factory", "normal/1.jpg", null))
                .setLabel(Label.NORMAL)
                .setDataset(DatasetType.TEST)
                .setImportId("cut")
                .setAnnotation(
                    AnnotationMetadata.newBuilder()
                        .setCreationDate("2021-11-10T20:11:23")
                        .setJobName("labeling-job/a")
                        .setType("groundtruth/image-classification")
                        .build())
                .build());
  }

  @Test
  @Contract("MANIFEST-1-AUTO-LABEL")
  void labelsNamedOtherwiseWithValuesTheOtherWayRound() {
    assertThat(images("1-auto-label.manifest"))
        .extracting(LabeledImage::getLabel)
        .containsExactly(Label.NORMAL, Label.ANOMALY);
  }

  @Test
  @Contract("MANIFEST-2-TEXT-VALUE")
  void aLabelValueThatIsText() {
    assertThat(images("2-text-value.manifest"))
        .extracting(LabeledImage::getLabel)
        .containsExactly(Label.ANOMALY);
  }

  @Test
  @Contract({"MANIFEST-3-COLOR-MAP", "MANIFEST-SEGMENTATION"})
  void aColorMapWithoutBackgroundAndConfidenceAndNormalLinesWithoutMask() {
    List<LabeledImage> images = images("3-color-map.manifest");

    assertThat(images.get(0).getColorMap())
        .containsExactly(new MaskColor(0, "cracked", "#23A436", null));
    assertThat(images.get(0).getDefectClass()).isEqualTo("cracked");
    assertThat(images.get(0).getMaskLocation())
        .isEqualTo(new S3Object("factory", "masks/anomaly-1.png", null));
    assertThat(images.get(0).getAnnotation().getCreationDate())
        .isEqualTo("Tue Sep 07 2021 13:12:02 GMT+0000 (Coordinated Universal Time)");
    assertThat(images.get(1).getMaskLocation()).isNull();
    assertThat(images.get(1).getLabel()).isEqualTo(Label.NORMAL);
  }

  @Test
  @Contract("MANIFEST-5-CAPITALS")
  void aClassNameWithACapitalAndOneThatIsNeither() {
    assertThat(images("5-capitals.manifest"))
        .extracting(LabeledImage::getLabel)
        .containsExactly(Label.ANOMALY, Label.NORMAL, Label.NONE);
  }

  @Test
  @Contract("MANIFEST-6-HEX-CASE")
  void coloursInEitherCase() {
    assertThat(images("6-hex-case.manifest"))
        .flatExtracting(LabeledImage::getColorMap)
        .extracting(MaskColor::getHexColor)
        .containsExactly("#2CA02C", "#23A436");
  }

  @Test
  @Contract("MANIFEST-7-FREE-NAMES")
  void keysOfChainedJobsNamedFreely() {
    LabeledImage image = images("7-free-names.manifest").get(0);

    assertThat(image.getLabel()).isEqualTo(Label.ANOMALY);
    assertThat(image.getMaskLocation()).isEqualTo(new S3Object("factory", "m/1.png", null));
    assertThat(image.getColorMap())
        .extracting(MaskColor::getClassName)
        .containsExactly("BACKGROUND", "scratch", "dent", "stain");
    // With several classes in one picture there is no one kind of defect.
    assertThat(image.getDefectClass()).isNull();
  }

  /** As four ways to write one list of images go wrong. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{\"source-ref\":\"s3://b/1\"},{\"source-ref\":\"s3://b/2\"}]|begins a JSON array",
        "[~{\"source-ref\":\"s3://b/1\"},~{\"source-ref\":\"s3://b/2\"}~]|begins a JSON array",
        "{~  \"source-ref\": \"s3://b/1\"~}|ends inside its JSON object",
        "{\"source-ref\":\"s3://b/1\",~\"x\":1}|ends inside its JSON object",
        "{\"source-ref\":\"s3://b/1\"},~{\"source-ref\":\"s3://b/2\"}|has a comma after",
        "{\"source-ref\":\"s3://b/1\"}{\"source-ref\":\"s3://b/2\"}|has more text after",
      })
  void jsonThatIsNotJsonLinesIsRecognised(String manifest, String sentence) {
    assertThat(rejected(manifest.replace('~', '\n')))
        .startsWith("Line 1 of the manifest " + sentence);
  }

  /** A manifest of random lines is refused by a line, or every line is an image or counted. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void everyLineIsTakenOrUnlabelledForAReason(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 50; round++) {
      List<String> lines = new ArrayList<>();
      int count = random.nextInt(1, 12);
      for (int i = 0; i < count; i++) {
        lines.add(RandomLines.line(random, "s3://factory/" + i));
      }
      Result result = ManifestReader.read(request(null), bytes(String.join("\n", lines)), 100);
      if (result instanceof Result.Rejected rejected) {
        assertThat(rejected.sentence()).matches("(?s)Line \\d+ of the manifest .*\\.");
        continue;
      }
      Result.Images read = (Result.Images) result;
      assertThat(read.images()).hasSize(count).allMatch(image -> image.getImportId() != null);
      long unlabelled =
          read.images().stream()
              .filter(image -> image.getLabel() == Label.NONE)
              .filter(image -> !GroundTruthLine.isLabelledByMask(image))
              .count();
      assertThat(
              read.findings().stream()
                  .filter(sentence -> sentence.contains("unlabelled"))
                  .mapToLong(sentence -> Long.parseLong(sentence.split(" ")[0]))
                  .sum())
          .as("%s of %s", read.findings(), lines)
          .isEqualTo(unlabelled);
    }
  }

  @Test
  @Contract("MANIFEST-ALL-OR-NOTHING")
  void oneBadLineRejectsTheWholeManifestAndIsNamed() {
    assertThat(rejected(line("a") + "\n\n{\"source-ref\": 3}\n" + line("b")))
        .isEqualTo("Line 3 of the manifest has no text 'source-ref'.");
    assertThat(rejected(line("a") + "\nnot json"))
        .isEqualTo(
            "Line 2 of the manifest begins with 'not json', and each line of a manifest is one"
                + " JSON object {…}.");
    assertThat(rejected("\n \n"))
        .isEqualTo(
            "The manifest has no lines: write one JSON object per line, one for each image.");
  }

  @Test
  @Contract("MANIFEST-DUPLICATE")
  void anImageThatIsThereTwiceIsRejectedWithBothLines() {
    assertThat(rejected(line("a") + "\n" + line("b") + "\n" + line("a")))
        .isEqualTo(
            "Line 3 of the manifest names the same source-ref as line 1, 's3://factory/a': name"
                + " each image once.");
  }

  @Test
  @Contract("MANIFEST-ONE-BUCKET")
  void imagesInTwoBucketsAreRejected() {
    assertThat(rejected(line("a") + "\n" + line("b").replace("factory", "other")))
        .isEqualTo(
            "Line 2 of the manifest has 'source-ref' 's3://other/b' in the bucket other, and other"
                + " images of the data set are in factory: put all images and masks into one"
                + " bucket.");
    assertThat(ManifestReader.read(request("warehouse"), bytes(line("a")), 10))
        .isInstanceOf(Result.Rejected.class);
  }

  @Test
  @Contract("QUOTA-MANIFEST-IMAGES")
  void moreImagesThanADatasetTakesAreRejected() {
    String three = line("a") + "\n" + line("b") + "\n" + line("c");

    assertThat(ManifestReader.read(request(null), bytes(three), 3))
        .isInstanceOf(Result.Images.class);
    assertThat(ManifestReader.read(request(null), bytes(three), 2))
        .isEqualTo(
            new Result.Rejected(
                "The manifest has more than 2 images, and the test data set takes no more: leave"
                    + " some out."));
  }

  @Test
  @Contract("MANIFEST-LINE-LENGTH")
  void aLineThatIsTooLongIsRejected() {
    assertThat(rejected(line("a".repeat(8192)))).contains("characters; a line has at most 8192.");
  }

  @Test
  void aLineWhoseImageWouldBeRejectedRejectsTheWholeManifest() {
    assertThat(rejected(line("a").replace("factory", "arn:aws:foo")))
        .isEqualTo(
            "Line 1 of the manifest does not describe a valid image: imageLocation.Bucket is"
                + " 'arn:aws:foo': it may only have letters, digits, dots, hyphens and"
                + " underscores.");
    assertThat(rejected(line("a") + "\n" + line("b".repeat(1025))))
        .isEqualTo(
            "Line 2 of the manifest does not describe a valid image: imageLocation.Key is '"
                + "b".repeat(80)
                + "…': it must have 1 to 1024 bytes in UTF-8.");
    assertThat(
            rejected(
                """
                {"source-ref":"s3://factory/a","anomaly-label":1,"anomaly-label-metadata":\
                {"class-name":"anomaly","type":"groundtruth/image-classification"},\
                "m-ref":"s3://factory/m.png","m-ref-metadata":{"type":\
                "groundtruth/semantic-segmentation","internal-color-map":{"1":{"class-name":"%s",\
                "hex-color":"#23A436"}}}}"""
                    .formatted("d".repeat(257))))
        .startsWith(
            "Line 1 of the manifest does not describe a valid image: colorMap has the className"
                + " 'ddd");
  }

  @Test
  void aManifestThatIsNotTextIsRejected() {
    assertThat(ManifestReader.read(request(null), new byte[] {(byte) 0xC3, 0x28}, 10))
        .isEqualTo(
            new Result.Rejected(
                "The manifest is not UTF-8 text: line 1 has the byte 0xC3. Convert it, with 'iconv -f"
                    + " WINDOWS-1252 -t UTF-8 FILE' if it was written on Windows."));
  }

  @Test
  void nestingIsBounded() {
    assertThat(rejected("{\"a\":".repeat(1_000) + "1" + "}".repeat(1_000)))
        .startsWith("Line 1 of the manifest is nested more than 16 levels deep at column ");
  }

  private static String line(String key) {
    return """
        {"source-ref":"s3://factory/%s","anomaly-label":1,"anomaly-label-metadata":\
        {"class-name":"normal","type":"groundtruth/image-classification","human-annotated":"yes"}}"""
        .formatted(key);
  }

  private static List<LabeledImage> images(String resource) {
    try (InputStream in =
        Objects.requireNonNull(ManifestReaderTest.class.getResourceAsStream(resource), resource)) {
      Result result = ManifestReader.read(request(null), in.readAllBytes(), 100);
      assertThat(result).isInstanceOf(Result.Images.class);
      return ((Result.Images) result).images();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String rejected(String manifest) {
    Result result = ManifestReader.read(request(null), bytes(manifest), 100);
    assertThat(result).isInstanceOf(Result.Rejected.class);
    return ((Result.Rejected) result).sentence();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ImportRequest request(@Nullable String imageBucket) {
    return new ImportRequest(
        "1",
        "bolts",
        DatasetType.TEST,
        "cut",
        "CreateDataset",
        null,
        new S3Object("factory", "m.manifest", null),
        imageBucket);
  }
}

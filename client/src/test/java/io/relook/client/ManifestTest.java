package io.relook.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.client.ImageSource.Content;
import io.relook.wire.AnnotationMetadata;
import io.relook.wire.Label;
import io.relook.wire.MaskColor;
import io.relook.wire.S3Object;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class ManifestTest {
  private static final String DOCUMENTED =
      """
      {"source-ref":"s3://bucket/good/1.jpg","anomaly-label":0,"anomaly-label-metadata":\
      {"class-name":"normal","confidence":1.0,"job-name":"labeling-job/a","human-annotated":"yes",\
      "creation-date":"2021-11-10T20:11:23","type":"groundtruth/image-classification"}}""";

  @TempDir private Path directory;

  @Test
  void readsALineAsDocumented() {
    ImageSource image = one(DOCUMENTED);
    assertThat(image.sourceRef()).isEqualTo("s3://bucket/good/1.jpg");
    assertThat(image.picture())
        .isEqualTo(new Content.InStore(new S3Object("bucket", "good/1.jpg", null)));
    assertThat(image.label()).isEqualTo(Label.NORMAL);
    assertThat(image.annotation())
        .contains(
            new AnnotationMetadata(
                "anomaly-label",
                true,
                "2021-11-10T20:11:23",
                "labeling-job/a",
                "groundtruth/image-classification"));
  }

  @Test
  void theLabelsNameAndValueDoNotMatter() {
    // "auto-label" with 1 = normal, the opposite of what is documented.
    ImageSource image =
        one(
            """
            {"source-ref":"s3://b/1.jpg","auto-label":1,"auto-label-metadata":{"class-name":\
            "normal","human-annotated":"yes","type":"groundtruth/image-classification"}}""");
    assertThat(image.label()).isEqualTo(Label.NORMAL);
    assertThat(image.annotation().orElseThrow().getLabelAttribute()).isEqualTo("auto-label");
  }

  @Test
  void whatToKnowAboutTheLinesIsCounted() throws IOException {
    Path file = directory.resolve("f.manifest");
    Files.writeString(
        file,
        """
        {"source-ref":"s3://b/1.jpg"}
        {"source-ref":"s3://b/2.jpg"}
        {"source-ref":"s3://b/3.jpg","a-metadata":{"class-name":"anomaly","human-annotated":"no",\
        "type":"groundtruth/image-classification"}}
        {"source-ref":"s3://b/4.jpg","a-metadata":{"class-name":"unclear",\
        "type":"groundtruth/image-classification"}}
        {"source-ref":"s3://b/5.jpg","a-metadata":{"failure-reason":"expired",\
        "type":"groundtruth/image-classification"}}
        """);

    assertThat(Manifest.read(file).findings())
        .containsExactly(
            "1 line is unlabelled because its labelling failed, such as 'expired'.",
            "1 line is unlabelled because its label is a prediction (…-detected, or human-annotated"
                + " \"no\").",
            "1 line is unlabelled because its class is neither normal nor anomaly, such as"
                + " 'unclear'.",
            "2 lines are unlabelled because they have no label.");
  }

  @Test
  void theLabelsValueMayBeText() {
    assertThat(one(DOCUMENTED.replace("\"anomaly-label\":0", "\"anomaly-label\":\"1\"")).label())
        .isEqualTo(Label.NORMAL);
  }

  @Test
  void aColorMapNeedsNeitherBackgroundNorConfidenceAndADateMayBeAnyText() {
    ImageSource image =
        one(
            """
            {"source-ref":"s3://b/1.jpg","anomaly-label":1,"anomaly-label-metadata":{"class-name":\
            "anomaly","type":"groundtruth/image-classification","human-annotated":"yes",\
            "creation-date":"Fri Nov 12 2021 10:54:41 GMT+0000 (UTC)"},"anomaly-mask-ref":\
            "s3://b/1.png","anomaly-mask-ref-metadata":{"internal-color-map":{"0":{"class-name":\
            "cracked","hex-color":"#23a436"}},"type":"groundtruth/semantic-segmentation"}}""");
    assertThat(image.colorMap()).containsExactly(new MaskColor(0, "cracked", "#23A436", null));
    assertThat(image.mask()).contains(new Content.InStore(new S3Object("b", "1.png", null)));
    assertThat(image.defectClass()).contains("cracked");
    assertThat(image.annotation().orElseThrow().getCreationDate())
        .isEqualTo("Fri Nov 12 2021 10:54:41 GMT+0000 (UTC)");
  }

  @Test
  void aCapitalisedClassNameCounts() {
    assertThat(one(DOCUMENTED.replace("\"normal\"", "\"Anomaly\"")).label())
        .isEqualTo(Label.ANOMALY);
  }

  @Test
  void anotherClassNameLeavesTheImageUnlabelled() {
    assertThat(one(DOCUMENTED.replace("\"normal\"", "\"unclear\"")).label()).isEqualTo(Label.NONE);
    assertThat(one("{\"source-ref\":\"s3://b/1.jpg\"}").label()).isEqualTo(Label.NONE);
  }

  @Test
  void masksOfChainedJobsMayHaveAnyNameAndSeveralClasses() {
    ImageSource image =
        one(
            """
            {"source-ref":"s3://b/1.jpg","first-metadata":{"class-name":"anomaly","type":\
            "groundtruth/image-classification"},"first":1,"S10-label3-ref":"s3://b/1.png",\
            "S10-label3-ref-metadata":{"internal-color-map":{"0":{"class-name":"BACKGROUND",\
            "hex-color":"#ffffff","confidence":0.5},"1":{"class-name":"scratch","hex-color":\
            "#2ca02c"},"2":{"class-name":"dent","hex-color":"#1f77b4"}},"type":\
            "groundtruth/semantic-segmentation"}}""");
    assertThat(image.label()).isEqualTo(Label.ANOMALY);
    assertThat(image.defectClass()).isEqualTo(Optional.empty());
    assertThat(image.colorMap()).hasSize(3);
    assertThat(image.colorMap().get(0).getConfidence()).isEqualTo(0.5);
  }

  @Test
  void pathsOfFilesAreRelativeToTheManifest() throws IOException {
    Path picture = directory.resolve("images/1.jpg");
    Files.createDirectories(picture.getParent());
    Files.write(picture, new byte[] {1});
    assertThat(one(DOCUMENTED.replace("s3://bucket/good/1.jpg", "images/1.jpg")).picture())
        .isEqualTo(new Content.LocalFile(picture));
  }

  @Test
  void emptyLinesAndAByteOrderMarkAreNoLines() {
    assertThat(read("\uFEFF" + DOCUMENTED + "\n\n" + DOCUMENTED.replace("1.jpg", "2.jpg") + "\r\n"))
        .hasSize(2);
  }

  @Test
  void aWrongLineIsReportedWithItsNumberAndReason() {
    refused("{", "ends inside its JSON object");
    refused(DOCUMENTED, "names the same source-ref as line 1, s3://bucket/good/1.jpg");
    refused("[1]", "begins a JSON array");
    refused(DOCUMENTED + " {}", "has more text after its JSON object");
    refused("{}", "has no text 'source-ref'");
    refused("{\"source-ref\":7}", "has no text 'source-ref'");
    refused("{\"source-ref\":\"s3://b\"}", "which is not s3://BUCKET/OBJECT");
    refused("{\"source-ref\":\"https://h/1.jpg\"}", "use s3://BUCKET/OBJECT or the path of a file");
    refused("{\"source-ref\":\"nothing.jpg\"}", "but there is no file " + directory);
    refused(
        "{\"source-ref\":\"s3://b/1.jpg\",\"anomaly-label\":1}",
        "has 'anomaly-label' without an object 'anomaly-label-metadata'");
    refused(
        DOCUMENTED.replace("\"normal\"", "3"),
        "has 'anomaly-label-metadata' without a text 'class-name'");
    String mask =
        "{\"source-ref\":\"s3://b/1.jpg\",\"m-ref\":\"s3://b/1.png\",\"m-ref-metadata\":"
            + "{\"type\":\"groundtruth/semantic-segmentation\",\"internal-color-map\":%s}}";
    refused(mask.formatted("{}"), "has a mask without an 'internal-color-map'");
    refused(
        mask.formatted("{\"0\":{\"class-name\":\"c\",\"hex-color\":\"green\"}}"),
        "has the colour 'green' for index 0, which is not #RRGGBB");
    refused(
        mask.formatted("{\"x\":{\"class-name\":\"c\",\"hex-color\":\"#000000\"}}"),
        "has the colour index 'x', which is not a number");
  }

  @Test
  void aFileThatIsNotTextIsRejected() throws IOException {
    Path file = directory.resolve("bad.manifest");
    Files.write(file, new byte[] {(byte) 0xC3, (byte) 0x28});
    assertThatThrownBy(() -> Manifest.read(file))
        .isInstanceOf(RelookException.class)
        .hasMessage(
            "The manifest "
                + file
                + " is not UTF-8 text: line 1 has the byte 0xC3. Convert it, with 'iconv -f WINDOWS-1252 -t UTF-8 FILE' if it was written on Windows.");
  }

  private void refused(String line, String reason) {
    assertThatThrownBy(() -> read(DOCUMENTED + "\n" + line + "\n"))
        .isInstanceOf(RelookException.class)
        .hasMessageStartingWith("Line 2 of " + directory.resolve("m.manifest") + " ")
        .hasMessageContaining(reason);
  }

  private ImageSource one(String line) {
    List<ImageSource> images = read(line);
    assertThat(images).hasSize(1);
    return images.get(0);
  }

  private List<ImageSource> read(String text) {
    Path file = directory.resolve("m.manifest");
    try {
      Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Manifest.read(file).images();
  }
}

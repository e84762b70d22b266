package io.relook.schemas.manifest;

import static io.relook.schemas.manifest.ManifestEncoding.explain;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.schemas.manifest.GroundTruthLine.Reading;
import io.relook.wire.Label;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroundTruthLineTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2024-05-01T10:00:00        | 2024-06-01T10:00:00
          2024-05-01T10:00:00.000000 | 2024-05-01T10:00:00.000001
          2024-05-01T10:00:00Z       | 2024-05-01T10:00:01Z
          2024-05-01T12:00:00+02:00  | 2024-05-01T10:00:01Z
          2024-05-01T12:00:00+0200   | 2024-05-01T10:00:01
          2024-05-01 10:00           | 2024-05-01 10:00:01
          2024-05-01                 | 2024-05-02
          1714557600                 | 1714557601
          1714557600000              | 1714557600.5
          1714557600                 | 1714557600001
          Tue Sep 07 2021 13:12:02 GMT+0000 (Coordinated Universal Time) | Tue Sep 07 2021 13:12:02 GMT-0100 (Cape Verde Time)
          Wed, 1 May 2024 10:00:00 GMT | Wed, 1 May 2024 11:00:00 GMT
          Wed May  1 10:00:00 UTC 2024 | Wed May  1 10:00:01 UTC 2024
          Wed May 15 10:00:00 2024     | 2024-05-15T10:00:01.5
          """)
  void theNewerOfTwoLabelsCountsInAnyOrder(String older, String newer) {
    String old = label("first-job", "normal", "\"creation-date\":\"%s\"".formatted(older));
    String young = label("review-job", "anomaly", "\"creation-date\":\"%s\"".formatted(newer));

    for (String line : new String[] {line(old, young), line(young, old)}) {
      GroundTruthLine read = read(line);
      assertThat(read.label()).as(line).isEqualTo(Label.ANOMALY);
      assertThat(read.annotation().orElseThrow().getLabelAttribute()).isEqualTo("review-job");
      assertThat(read.findings()).containsOnlyKeys(Finding.TWO_LABELS);
    }
  }

  @Test
  void ofThreeLabelsTheNewestCountsAlsoWhenItIsNeither() {
    GroundTruthLine read =
        read(
            line(
                label("a", "normal", "\"creation-date\":\"2024-05-01T10:00:00\""),
                label("b", "unclear", "\"creation-date\":\"2024-05-03T10:00:00\""),
                label("c", "anomaly", "\"creation-date\":\"2024-05-02T10:00:00\"")));

    assertThat(read.label()).isEqualTo(Label.NONE);
    assertThat(read.findings()).containsOnlyKeys(Finding.TWO_LABELS, Finding.OTHER_CLASS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          "x":1                                 | "x":1                                 | 'first-job' has no creation-date
          "creation-date":"2024-05-01T10:00:00" | "x":1                                 | 'review-job' has no creation-date
          "x":1                                 | "creation-date":"2024-05-01T10:00:00" | 'first-job' has no creation-date
          "creation-date":"2024-05-01T10:00:00" | "creation-date":"2024-05-01T10:00:00" | both have the creation-date '2024-05-01T10:00:00'
          "creation-date":"2024-05-01T10:00:00Z"| "creation-date":"2024-05-01T12:00:00+02:00" | both have the creation-date '2024-05-01T10:00:00Z'
          "creation-date":"05/06/2024"          | "creation-date":"06/05/2024"          | the creation-date of 'first-job' is '05/06/2024', which is not a date
          "creation-date":"yesterday"           | "creation-date":"2024-05-01T10:00:00" | the creation-date of 'first-job' is 'yesterday', which is not a date
          "creation-date":"2024-02-31T10:00:00" | "creation-date":"2024-05-01T10:00:00" | the creation-date of 'first-job' is '2024-02-31T10:00:00', which is not a date
          "creation-date":null                  | "creation-date":""                    | 'first-job' has no creation-date
          "creation-date":""                    | "creation-date":""                    | the creation-date of 'first-job' is '', which is not a date
          """)
  void labelsThatDifferWithoutAnOrderAreRefused(String first, String second, String why) {
    assertThat(
            refused(
                line(label("first-job", "normal", first), label("review-job", "anomaly", second))))
        .startsWith(
            "has two labels that differ, 'first-job' (normal) and 'review-job' (anomaly), and ")
        .contains(why)
        .endsWith(": remove the older one, or date both");
  }

  @Test
  void labelsThatAgreeNeedNoOrder() {
    GroundTruthLine read =
        read(line(label("a", "Anomaly", "\"x\":1"), label("b", "anomaly", "\"x\":1")));

    assertThat(read.label()).isEqualTo(Label.ANOMALY);
    assertThat(read.findings()).containsOnlyKeys(Finding.TWO_LABELS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"failure-reason\":\"ClientError: Annotation tasks expired.\"",
        "\"failure-reason\":\"InternalError\",\"retry-count\":3",
        "\"failure-reason\":\"\"",
        "\"failure-reason\":{\"code\":500}",
        "\"failure-reason\":\"x\",\"class-name\":\"normal\"",
      })
  void aFailedLabellingGivesNoLabel(String metadata) {
    String failed = attribute("my-job", "image-classification", metadata);
    String older = label("older-job", "anomaly", "\"creation-date\":\"2020-05-01T10:00:00\"");

    GroundTruthLine alone = read(line(failed));
    assertThat(alone.label()).isEqualTo(Label.NONE);
    assertThat(alone.findings()).containsOnlyKeys(Finding.FAILED);
    assertThat(read(line(failed, older)).label())
        .as("the older label stands")
        .isEqualTo(Label.ANOMALY);
    assertThat(read(line(failed, mask("m-ref", "\"x\":1"))).findings())
        .as("only an image that was never classified is labelled by its mask")
        .containsOnlyKeys(Finding.FAILED);
  }

  @Test
  void aFailedSegmentationLeavesTheLabel() {
    String failed = attribute("m-ref", "semantic-segmentation", "\"failure-reason\":\"expired\"");

    assertThat(read(line(label("a", "anomaly", "\"x\":1"), failed)).label())
        .isEqualTo(Label.ANOMALY);
    assertThat(read(line(label("a", "anomaly", "\"x\":1"), failed)).maskRef()).isEmpty();
    assertThat(read(line(label("a", "anomaly", "\"x\":1"), failed)).findings())
        .containsEntry(Finding.MASK_NOT_TAKEN, "'m-ref'");
    assertThat(
            read(line(
                    label("a", "anomaly", "\"x\":1"), mask("m-ref", "\"human-annotated\":\"no\"")))
                .findings())
        .containsEntry(Finding.MASK_NOT_TAKEN, "'m-ref'");
    assertThat(read(line(failed)).findings()).containsOnlyKeys(Finding.FAILED);
  }

  @Test
  void aFailureNeedsNoType() {
    assertThat(read(line("\"a-metadata\":{\"failure-reason\":\"x\"}")).findings())
        .containsOnlyKeys(Finding.FAILED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"label\":\"normal\"",
        "\"class\":\"Anomaly\"",
        "\"a-label\":1",
        "\"a-label\":1,\"a-label-metadata\":\"normal\"",
        "\"a-label\":1,\"a-label-metadata\":[]",
        "\"a-label\":1,\"a-label-metadata\":{\"class\":\"normal\"}",
      })
  void aLabelThatIsWrittenInAnotherWayIsNoUnlabelledImage(String attribute) {
    assertThat(refused(line(attribute)))
        .endsWith("-metadata', whose class-name says normal or anomaly");
  }

  @Test
  void whatIsNoUtf8SaysWhatItIs() {
    assertThat(explain("{\"a\":\"\u00f6\"}\n".getBytes(StandardCharsets.UTF_16)))
        .startsWith("is UTF-16 text");
    assertThat(explain("{}\n{}\n{\"a\":\"\u00f6\"}".getBytes(StandardCharsets.ISO_8859_1)))
        .startsWith("is not UTF-8 text: line 3 has the byte 0xF6. Convert it");
    assertThat(explain("\u001F\u008B\b".getBytes(StandardCharsets.ISO_8859_1)))
        .startsWith("is compressed with gzip");
    assertThat(explain("PK\u0003\u0004\u00FF".getBytes(StandardCharsets.ISO_8859_1)))
        .startsWith("is a ZIP file");
    assertThat(explain("\u0089PNG\r\n".getBytes(StandardCharsets.ISO_8859_1)))
        .isEqualTo("is a picture: give its folder");
    assertThat(refused("{\0\"\0a\0\"\0:\0")).contains("as UTF-16 text has");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          anomaly-label-detected | "human-annotated":"no"
          anomaly-label-detected | "human-annotated":"yes"
          anomaly-label-detected | "x":1
          my-job                 | "human-annotated":"no"
          my-job                 | "human-annotated":"NO"
          my-job                 | "human-annotated":false
          my-job                 | "human-annotated":"false"
          my-job                 | "human-annotated":0
          """)
  void aPredictionNeverBecomesALabel(String name, String metadata) {
    String predicted =
        label(name, "anomaly", metadata + ",\"creation-date\":\"2030-05-01T10:00:00\"");
    String human = label("anomaly-label", "normal", "\"creation-date\":\"2020-05-01T10:00:00\"");

    assertThat(read(line(predicted)).label()).isEqualTo(Label.NONE);
    assertThat(read(line(predicted)).findings()).containsOnlyKeys(Finding.PREDICTED);
    for (String line : new String[] {line(predicted, human), line(human, predicted)}) {
      assertThat(read(line).label()).isEqualTo(Label.NORMAL);
      assertThat(read(line).findings()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "anomaly-mask-ref, groundtruth/semantic-segmentation",
    "S10-label3-ref, groundtruth/semantic-segmentation",
    "mask, Groundtruth/Semantic-Segmentation",
    "my-ref, custom/semantic-segmentation",
    "ref, ' groundtruth/semantic-segmentation '",
  })
  void aMaskWithoutALabelDecidesTheLabelLater(String name, String type) {
    GroundTruthLine read =
        read(line(attribute(name, type, COLORS), "\"" + name + "\":\"s3://b/m.png\""));

    assertThat(read.label()).isEqualTo(Label.NONE);
    assertThat(read.maskAttribute()).contains(name);
    assertThat(read.annotation().orElseThrow().getLabelAttribute()).isEqualTo("anomaly-label");
    assertThat(read.findings()).containsOnlyKeys(Finding.LABEL_FROM_MASK);
  }

  @Test
  void theNewerOfTwoMasksCounts() {
    String older = mask("a-ref", "\"creation-date\":\"2024-05-01T10:00:00\"");
    String newer =
        mask("b-ref", "\"creation-date\":\"2024-05-02T10:00:00\"").replace("m.png", "n.png");

    assertThat(read(line(older, newer)).maskRef()).contains("s3://b/n.png");
    assertThat(read(line(newer, older)).maskRef()).contains("s3://b/n.png");
    assertThat(refused(line(mask("a-ref", "\"x\":1"), newer)))
        .startsWith("has two masks that differ, 'a-ref' (s3://b/m.png) and 'b-ref' (s3://b/n.png)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          groundtruth/image-classification-multilabel | [0,1] | comes from a multi-label job
          groundtruth/image-classification            | [0,1] | comes from a multi-label job
                                                      | [0,1] | comes from a multi-label job
          groundtruth/object-detection                | {"annotations":[],"image_size":[]} | has bounding boxes
                                                      | {"annotations":[{"class_id":0}]}   | has bounding boxes
          groundtruth/label-verification              | 0 | has annotations of another job
          groundtruth/video-object-detection          | 0 | has annotations of another job
          groundtruth/point-cloud-object-detection    | 0 | has annotations of another job
          groundtruth/text-classification             | 0 | has annotations of another job
          groundtruth/custom                          | {} | has annotations of another job
          """)
  void otherKindsOfJobsAreRefusedWithWhatToExport(String type, String value, String what) {
    String other =
        "\"job\":%s,\"job-metadata\":{%s\"class-map\":{\"0\":\"dent\"}}"
            .formatted(value, type == null ? "" : "\"type\":\"%s\",".formatted(type));

    assertThat(refused(line(other)))
        .startsWith(what + " ('job', ")
        .endsWith(
            "relook reads Ground Truth's 'Image Classification (Single Label)' with the labels"
                + " normal and anomaly, and 'Semantic Segmentation'. Export such a job");
    GroundTruthLine chained = read(line(other, label("a", "normal", "\"x\":1")));
    assertThat(chained.label()).isEqualTo(Label.NORMAL);
    assertThat(chained.findings()).containsOnlyKeys(Finding.OTHER_ANNOTATIONS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {                                   | ends inside its JSON object, at column 1: a manifest has one whole object on each line. Convert a pretty-printed file with 'jq -c . FILE'; if the file is cut off, get it again
          {"source-ref": "s3://b/a.png",      | ends inside its JSON object, at column 30: a manifest has one whole object on each line. Convert a pretty-printed file with 'jq -c . FILE'; if the file is cut off, get it again
          {"source-ref": "s3://b/a            | ends inside its JSON object, at column 24: a manifest has one whole object on each line. Convert a pretty-printed file with 'jq -c . FILE'; if the file is cut off, get it again
          [                                   | begins a JSON array, and a manifest is JSON Lines, one object on each line: convert the file with 'jq -c .[] FILE'
          [{"source-ref": "s3://b/a.png"}]    | begins a JSON array, and a manifest is JSON Lines, one object on each line: convert the file with 'jq -c .[] FILE'
          {"source-ref":"s3://b/a"}{"b":1}    | has more text after its JSON object, at column 26: put each object on its own line, without commas between them
          {"source-ref":"s3://b/a"},          | has a comma after its JSON object: lines are not separated by commas, remove it
          {"source-ref":"s3://b/a","x":NaN}   | has NaN at column 30, which JSON does not have: write a number or null
          {"source-ref":"s3://b/a","x":-Infinity} | has Infinity at column 31, which JSON does not have: write a number or null
          {'source-ref':'s3://b/a'}           | has a single quote at column 2, where JSON wants a double quote, near '{'source-ref':'s3://': write the file with a JSON library
          {"source-ref":"a","source-ref":"b"} | names one key twice, at column 31: keep one of them
          source-ref,label                    | begins with 'source-ref,label', and each line of a manifest is one JSON object {…}
          "a text"                            | begins with '"a text"', and each line of a manifest is one JSON object {…}
          {"source-ref":"s3://b/a" "x":1}     | is not valid JSON at column 26, near 's3://b/a" "x":1}'
          {"source-ref":"s3://b/a","x":1,}    | has a comma before a closing bracket at column 32, near '/a","x":1,}': remove the comma
          {"source-ref":"s3://b/a","x":[1, ]} | has a comma before a closing bracket at column 34, near '","x":[1, ]}': remove the comma
          {"source-ref":"C:\\images\\a.png"}  | has a backslash before column 19 that JSON does not know, near '-ref":"C:\\images\\a.p': write \\\\ for a backslash, or / in a path
          {"source-ref":True}                 | is not valid JSON at column 15, near 'urce-ref":True}'
          """)
  void whatIsNotJsonIsSaidInPlainWords(String line, String sentence) {
    assertThat(refused(line))
        .isEqualTo(sentence)
        .doesNotContain("Source", "Feature", "token", "Token", "com.fasterxml", "code 39");
  }

  private static final String COLORS =
      "\"internal-color-map\":{\"0\":{\"class-name\":\"BACKGROUND\",\"hex-color\":\"#ffffff\"},"
          + "\"1\":{\"class-name\":\"scratch\",\"hex-color\":\"#2ca02c\"}}";

  private static String line(String... attributes) {
    return "{\"source-ref\":\"s3://b/a.png\"," + String.join(",", attributes) + "}";
  }

  private static String label(String name, String className, String metadata) {
    return "\"%s\":0,".formatted(name)
        + attribute(
            name,
            "image-classification",
            "\"class-name\":\"%s\",%s".formatted(className, metadata));
  }

  private static String mask(String name, String metadata) {
    return "\"%s\":\"s3://b/m.png\",".formatted(name)
        + attribute(name, "semantic-segmentation", COLORS + "," + metadata);
  }

  private static String attribute(String name, String type, String metadata) {
    return "\"%s-metadata\":{\"type\":\"%s\",%s}"
        .formatted(name, type.contains("/") ? type : "groundtruth/" + type, metadata);
  }

  private static GroundTruthLine read(String line) {
    Reading reading = GroundTruthLine.read(line);
    assertThat(reading).as(line).isInstanceOf(Reading.Read.class);
    return ((Reading.Read) reading).line();
  }

  private static String refused(String line) {
    Reading reading = GroundTruthLine.read(line);
    assertThat(reading).as(line).isInstanceOf(Reading.Refused.class);
    return ((Reading.Refused) reading).predicate();
  }
}

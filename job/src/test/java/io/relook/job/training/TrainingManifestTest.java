package io.relook.job.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.domain.Annotation;
import io.relook.job.domain.Mask;
import io.relook.job.domain.Split;
import io.relook.job.domain.StoredPicture;
import io.relook.job.domain.TrainingImage;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingManifestTest {
  private static final StoredPicture PICTURE =
      new StoredPicture("d1", "theirs", "a b/ü.png", 640, 480, "features/d1");
  private static final TrainingImage SCRATCHED =
      new TrainingImage(
          "s3://theirs/a b/ü\"\n.png",
          Split.TEST,
          new Annotation(
              Label.ANOMALY,
              "scratch",
              DatasetType.TRAIN,
              "auto-label",
              true,
              "2026-11-01T00:00:00",
              "labelling-job"),
          PICTURE,
          null);
  private static final TrainingImage GOOD =
      new TrainingImage(
          "any name",
          Split.TRAIN,
          new Annotation(Label.NORMAL, null, DatasetType.TEST, "anomaly-label", false, null, null),
          PICTURE,
          null);

  @Test
  void readsWhatItWrites() {
    assertThat(TrainingManifest.read(TrainingManifest.write(List.of(SCRATCHED, GOOD))))
        .containsExactly(SCRATCHED, GOOD);
    assertThat(TrainingManifest.read(TrainingManifest.write(List.of()))).isEmpty();
    long exact = TrainingManifest.write(List.of(SCRATCHED, GOOD)).length;
    assertThat(TrainingManifest.write(List.of(SCRATCHED, GOOD), exact)).isPresent();
    assertThat(TrainingManifest.write(List.of(SCRATCHED, GOOD), exact - 1)).isEmpty();
  }

  @Test
  void aMaskComesBack() {
    Mask mask = new Mask("m1", "relook", "masks/m1", 640, 480, List.of("dent", "scratch"));
    TrainingImage masked =
        new TrainingImage("masked", Split.TRAIN, SCRATCHED.annotation(), SCRATCHED.picture(), mask);

    assertThat(TrainingManifest.read(TrainingManifest.write(List.of(masked))))
        .containsExactly(masked);
  }

  @Test
  void writesAGroundTruthLineForEachImage() {
    assertThat(new String(TrainingManifest.write(List.of(SCRATCHED, GOOD)), UTF_8))
        .isEqualTo(
            "{\"source-ref\":\"s3://theirs/a b/ü\\\"\\n.png\",\"auto-label\":1,"
                + "\"auto-label-metadata\":{\"class-name\":\"anomaly\","
                + "\"type\":\"groundtruth/image-classification\",\"human-annotated\":\"yes\","
                + "\"creation-date\":\"2026-11-01T00:00:00\",\"job-name\":\"labelling-job\"},"
                + "\"relook\":{\"side\":\"TEST\",\"dataset\":\"TRAIN\","
                + "\"defect-class\":\"scratch\",\"label-attribute\":\"auto-label\","
                + "\"digest\":\"d1\",\"bucket\":\"theirs\",\"key\":\"a b/ü.png\",\"width\":640,"
                + "\"height\":480,\"features\":\"features/d1\"}}\n"
                + "{\"source-ref\":\"any name\",\"anomaly-label\":0,"
                + "\"anomaly-label-metadata\":{\"class-name\":\"normal\","
                + "\"type\":\"groundtruth/image-classification\",\"human-annotated\":\"no\"},"
                + "\"relook\":{\"side\":\"TRAIN\",\"dataset\":\"TEST\",\"defect-class\":null,"
                + "\"label-attribute\":\"anomaly-label\",\"digest\":\"d1\",\"bucket\":\"theirs\","
                + "\"key\":\"a b/ü.png\",\"width\":640,\"height\":480,"
                + "\"features\":\"features/d1\"}}\n");
  }

  @Test
  void aLabelAttributeNeverOverwritesAnotherMember() {
    for (String reserved : List.of("source-ref", "relook", "anomaly-label-detected")) {
      TrainingImage line =
          new TrainingImage(
              "s3://theirs/a",
              Split.TRAIN,
              new Annotation(Label.NORMAL, null, DatasetType.TRAIN, reserved, true, null, null),
              PICTURE,
              null);

      TrainingImage read = TrainingManifest.read(TrainingManifest.write(List.of(line))).get(0);

      assertThat(read.sourceRef()).isEqualTo("s3://theirs/a");
      assertThat(read.annotation().labelAttribute()).isEqualTo("anomaly-label");
    }
  }

  @Test
  void saysWhichLineCannotBeRead() {
    byte[] good = TrainingManifest.write(List.of(GOOD));
    byte[] manifest = (new String(good, UTF_8) + "{\"source-ref\":\"x\"}\n").getBytes(UTF_8);

    assertThatThrownBy(() -> TrainingManifest.read(manifest))
        .hasMessage("Line 2 of the training manifest cannot be read: label-attribute is missing");
  }
}

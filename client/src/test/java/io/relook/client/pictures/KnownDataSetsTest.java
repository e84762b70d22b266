package io.relook.client.pictures;

import static io.relook.client.pictures.ImageFolderTest.labels;
import static io.relook.client.pictures.ImageFolderTest.leftOut;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.client.ImageSource;
import io.relook.client.pictures.FolderOptions.Validation;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The layouts of the data sets that people try first. */
// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class KnownDataSetsTest {
  @TempDir private Path root;

  @Test
  void mvtecAd() {
    Drawn.put(
        root,
        "license.txt",
        "train/good/000.png",
        "test/good/000.png",
        "test/broken_large/000.png",
        "test/broken_small/000.png",
        "ground_truth/broken_large/000_mask.png",
        "ground_truth/broken_small/000_mask.png");
    ImageFolder read = ImageFolder.read(root);
    assertThat(read.images()).hasSize(4);
    assertThat(read.masks()).isEqualTo(2);
    assertThat(read.losses()).isEmpty();
    assertThat(read.questions()).isEmpty();
  }

  @Test
  void mvtecLocoHasSeveralMasksOfAPictureAndAValidationSet() {
    Drawn.put(
        root,
        "defects_config.json",
        "train/good/000.png",
        "validation/good/000.png",
        "test/good/000.png",
        "test/logical_anomalies/000.png",
        "test/structural_anomalies/000.png",
        "ground_truth/logical_anomalies/000/000.png",
        "ground_truth/logical_anomalies/000/001.png",
        "ground_truth/structural_anomalies/000/000.png");
    assertThatThrownBy(() -> ImageFolder.read(root)).hasMessageContaining("--validation");
    ImageFolder read = ImageFolder.read(root, options(Validation.TEST));
    assertThat(read.images()).hasSize(5);
    assertThat(read.masks()).isEqualTo(3);
    assertThat(read.losses()).isEmpty();
    assertThat(labels(read)).contains("test/logical_anomalies/000.png anomaly logical_anomalies");
  }

  @Test
  void mvtec3dLeavesOutTheDepthAndSaysSo() {
    Drawn.put(
        root,
        "train/good/rgb/000.png",
        "train/good/xyz/000.tiff",
        "test/hole/rgb/000.png",
        "test/hole/xyz/000.tiff",
        "test/hole/gt/000.png",
        "test/good/rgb/001.png");
    Drawn.write(root.resolve("test/good/gt/001.png"), Drawn.blankMask());
    ImageFolder read = ImageFolder.read(root);
    assertThat(labels(read))
        .containsExactly(
            "test/good/rgb/001.png normal",
            "test/hole/rgb/000.png anomaly hole",
            "train/good/rgb/000.png normal");
    assertThat(read.masks()).isEqualTo(1);
    assertThat(leftOut(read))
        .containsExactly(
            "test/good/gt/001.png MASK_OF_NORMAL",
            "test/hole/xyz/000.tiff FORMAT",
            "train/good/xyz/000.tiff FORMAT");
  }

  @Test
  void mvtecAd2() {
    Drawn.put(
        root,
        "train/good/000_regular.png",
        "test_public/good/001_regular.png",
        "test_public/bad/002_regular.png",
        "test_public/ground_truth/bad/002_regular_mask.png");
    ImageFolder read = ImageFolder.read(root);
    assertThat(read.images()).hasSize(3);
    assertThat(read.masks()).isEqualTo(1);
  }

  @Test
  void btadIsInBmp(@TempDir Path converted) {
    Drawn.put(
        root,
        "train/ok/0000.bmp",
        "test/ok/0001.bmp",
        "test/ko/0002.bmp",
        "ground_truth/ko/0002.png");
    ImageFolder read =
        ImageFolder.read(
            root,
            new FolderOptions(Optional.of(converted), Optional.empty(), Set.of(), Set.of(), false));
    assertThat(labels(read))
        .containsExactly(
            "test/ko/0002.png anomaly ko", "test/ok/0001.png normal", "train/ok/0000.png normal");
    assertThat(read.masks()).isEqualTo(1);
    assertThat(read.leftOut()).isEmpty();
    assertThat(read.notes()).containsExactly("3 files are sent as PNG, without loss.");
  }

  @Test
  void anomalibsHazelnutToy() {
    Drawn.put(
        root,
        "good/00.jpg",
        "crack/01.jpg",
        "colour/02.jpg",
        "mask/crack/01.png",
        "mask/colour/02.png");
    ImageFolder read = ImageFolder.read(root);
    assertThat(labels(read))
        .containsExactly(
            "colour/02.jpg anomaly colour", "crack/01.jpg anomaly crack", "good/00.jpg normal");
    assertThat(read.masks()).isEqualTo(2);
  }

  @Test
  void realIadHasItsMasksBesideItsPictures() {
    Drawn.put(root, "OK/S0001/a_C1.jpg", "NG/BX/S0001/b_C1.jpg");
    Drawn.write(root.resolve("NG/BX/S0001/b_C1.png"), Drawn.mask());
    ImageFolder read = ImageFolder.read(root);
    assertThat(labels(read))
        .containsExactly("NG/BX/S0001/b_C1.jpg anomaly BX", "OK/S0001/a_C1.jpg normal");
    assertThat(read.masks()).isEqualTo(1);
    assertThat(read.questions()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image,label,mask|candle/Data/Images/Normal/1.JPG,normal,|candle/Data/Images/Anomaly/2.JPG,\"spot, bent\",candle/Data/Masks/Anomaly/2.png",
        "object,split,label,image,mask|candle,train,normal,candle/Data/Images/Normal/1.JPG,|candle,test,anomaly,candle/Data/Images/Anomaly/2.JPG,candle/Data/Masks/Anomaly/2.png",
        "Image;Label;Mask|Data\\Images\\Normal\\1.JPG;OK;|Data\\Images\\Anomaly\\2.JPG;spot;Data\\Masks\\Anomaly\\2.png",
        "filename\tclass|1.JPG\tgood|2.JPG\tspot",
        "file,defect|./Data/Images/Normal/1.JPG,iO|./Data/Images/Anomaly/2.JPG,Größe",
        "image path,label,mask path|/home/me/VisA/candle/Data/Images/Normal/1.JPG,normal,|/home/me/VisA/candle/Data/Images/Anomaly/2.JPG,spot,/home/me/VisA/candle/Data/Masks/Anomaly/2.png"
      })
  void aTableOfLabelsLikeThatOfVisa(String table) {
    Drawn.put(root, "Data/Images/Normal/1.JPG", "Data/Images/Anomaly/2.JPG");
    Drawn.write(root.resolve("Data/Masks/Anomaly/2.png"), Drawn.mask(0x010101));
    for (Charset charset : List.of(StandardCharsets.UTF_8, Charset.forName("windows-1252"))) {
      Drawn.write(root.resolve("image_anno.csv"), table.replace('|', '\n').getBytes(charset));
      ImageFolder read = ImageFolder.read(root);
      assertThat(read.images())
          .extracting(image -> image.label().name())
          .containsExactly("ANOMALY", "NORMAL");
      assertThat(read.masks()).isEqualTo(1);
      assertThat(read.losses()).isEmpty();
      assertThat(read.questions()).isEmpty();
      assertThat(read.notes().get(0)).contains("The labels are those of image_anno.csv");
      if (table.contains("split")) {
        assertThat(read.images())
            .extracting(image -> image.dataset().orElseThrow().name())
            .containsExactly("TEST", "TRAIN");
      }
      if (table.contains("Größe")) {
        assertThat(read.images().get(0).defectClass()).contains("Größe");
      }
    }
  }

  @Test
  void whatATableDoesNotSayIsNamed() {
    Drawn.put(root, "a/1.png", "a/2.png", "a/3.bmp", "a/4.png");
    table("image,label", "a/1.png,normal", "a/2.png,dent", "a/3.bmp,dent", "a/5.png,dent");
    ImageFolder read = ImageFolder.read(root);
    assertThat(labels(read)).containsExactly("a/1.png normal", "a/2.png anomaly dent");
    assertThat(leftOut(read))
        .containsExactly(
            "a/3.bmp FORMAT", "a/4.png NOT_IN_TABLE", "a/5.png NO_SUCH_FILE", "t.csv NO_PICTURE");
  }

  @Test
  void aTableAndAFolderThatDisagreeAreAQuestion() {
    Drawn.put(root, "good/1.png", "good/2.png", "bad/3.png");
    table("image,label", "good/1.png,normal", "good/2.png,dent", "bad/3.png,dent");
    assertThat(ImageFolder.read(root).questions())
        .containsExactly(
            "1 picture has another label in the table than its folder says: good/2.png is an anomaly of class dent.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image,label|x/9.png,normal|: The table of labels t.csv names none of the pictures (JPEG, PNG) here, but for example x/9.png",
        "image,label|a/1.png,|: Line 2 of t.csv has no label for a/1.png",
        "image,label|a/1.png,0|a/2.png,1|: are the numbers 0 and 1",
        "image,label|a/1.png,normal|a/1.png,dent|: Line 3 of t.csv says that a/1.png is an anomaly of class dent, and a line above says that it is normal",
        "image,label,split|a/1.png,normal,val|: validation set",
        "image,label,split|a/1.png,normal,fold1|: names the data set fold1: write train or test",
        "image,label|1.png,normal|: Line 2 of t.csv names 1.png, which fits a/1.png and b/1.png"
      })
  void aTableThatCannotBeRightIsRefused(String tableAndSentence) {
    Drawn.put(root, "a/1.png", "b/1.png", "a/2.png");
    String[] parts = tableAndSentence.split("\\|: ");
    table(parts[0].split("\\|"));
    assertThatThrownBy(() -> ImageFolder.read(root)).hasMessageContaining(parts[1]);
  }

  @Test
  void aLineNeverNamesTheFileOfAnotherFolder() {
    Drawn.put(root, "normal/5.png", "normal/6.png", "dent/7.png");
    table("image,label", "dent/5.png,dent", "normal/6.png,normal", "dent/7.png,dent");
    ImageFolder read = ImageFolder.read(root);
    assertThat(read.images())
        .extracting(ImageSource::sourceRef)
        .noneMatch(r -> r.endsWith("/5.png"));
    assertThat(leftOut(read)).contains("dent/5.png NO_SUCH_FILE", "normal/5.png NOT_IN_TABLE");
  }

  @Test
  void twoTablesAreOneTooMany() {
    Drawn.put(root, "a/1.png");
    table("image,label", "a/1.png,normal");
    Drawn.write(
        root.resolve("u.csv"), "file,class\na/1.png,dent\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> ImageFolder.read(root))
        .hasMessageContaining("more than one table of labels, t.csv and u.csv");
  }

  private void table(String... lines) {
    Drawn.write(root.resolve("t.csv"), String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }

  private static FolderOptions options(Validation validation) {
    return new FolderOptions(Optional.empty(), Optional.of(validation), Set.of(), Set.of(), false);
  }
}

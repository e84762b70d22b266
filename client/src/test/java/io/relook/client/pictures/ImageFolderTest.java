package io.relook.client.pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relook.client.ImageSource;
import io.relook.client.RelookException;
import io.relook.client.pictures.FolderOptions.Validation;
import io.relook.client.pictures.LeftOut.Reason;
import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class ImageFolderTest {
  @TempDir private Path directory;

  @Test
  void goodAndNormalAreNormalAndOtherFoldersAreDefectClasses() {
    Path folder = directory.resolve("photos");
    put(folder, "good/2.jpg", "Normal/1.PNG", "cracked/a.jpeg", "cracked/notes.txt", ".git/x.jpg");
    ImageFolder read = ImageFolder.read(folder);
    assertThat(read.images())
        .extracting(ImageSource::sourceRef)
        .containsExactly("photos/Normal/1.PNG", "photos/cracked/a.jpeg", "photos/good/2.jpg");
    assertThat(labels(read))
        .containsExactly(
            "Normal/1.PNG normal", "cracked/a.jpeg anomaly cracked", "good/2.jpg normal");
    assertThat(read.images()).allMatch(image -> image.dataset().isEmpty());
    assertThat(leftOut(read)).containsExactly(".git/x.jpg HIDDEN", "cracked/notes.txt NO_PICTURE");
    assertThat(read.losses()).isEmpty();
    assertThat(read.questions()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "train, test",
    "Train, Test",
    "TRAIN, TEST",
    "training, testing",
    "trn, tst",
    "data/train, data/test",
    "train/images, test/img",
    "Train_Set, test_public"
  })
  void trainAndTestNameTheDataSetInAnyCase(String train, String test) {
    put(directory, train + "/good/1.png", test + "/good/2.png", test + "/cut/3.png");
    ImageFolder read = ImageFolder.read(directory);
    assertThat(read.images())
        .extracting(image -> image.label() + " " + image.dataset().orElseThrow())
        .containsExactlyInAnyOrder("NORMAL TRAIN", "NORMAL TEST", "ANOMALY TEST");
    ImageSource cut =
        read.images().stream().filter(i -> i.defectClass().isPresent()).findFirst().orElseThrow();
    assertThat(cut.defectClass()).contains("cut");
    assertThat(cut.toMessage("a", "p", DatasetType.TRAIN).getDataset()).isEqualTo(DatasetType.TEST);
    assertThat(cut.in(DatasetType.TRAIN).toMessage("a", "p", DatasetType.TEST).getDataset())
        .isEqualTo(DatasetType.TRAIN);
  }

  @ParameterizedTest
  @CsvSource({
    "OK, NG",
    "ok, ko",
    "iO, niO",
    "i.O., n.i.O.",
    "Pass, FAIL",
    "gut, schlecht",
    "Normal, Abnormal",
    "good, bad",
    "no defect, defects",
    "defect_free, anomaly",
    "non-defective, defective"
  })
  void theWordsOfFactoriesAreNormalAndAnomalous(String normal, String anomalous) {
    put(
        directory,
        normal + "/1.png",
        normal + "/camera 2/1.png",
        anomalous + "/1.png",
        anomalous + "/dent/2.png",
        anomalous + "/scratch/deep/3.png");
    assertThat(labels(ImageFolder.read(directory)))
        .containsExactlyInAnyOrder(
            normal + "/1.png normal",
            normal + "/camera 2/1.png normal",
            anomalous + "/1.png anomaly " + anomalous,
            anomalous + "/dent/2.png anomaly dent",
            anomalous + "/scratch/deep/3.png anomaly scratch");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ground_truth/cut/1_mask.png",
        "Ground Truth/cut/1.png",
        "GROUND_TRUTH/CUT/1_MASK.PNG",
        "mask/cut/1.png",
        "Masks/1.png",
        "label/cut/1.png",
        "labels/cut/1_label.png",
        "gt/cut/1_gt.png",
        "cut/mask/1.png",
        "cut/1_mask.png",
        "cut/1-GT.png",
        "data/masks/cut/1.png",
        "masks/cut/1/000.png"
      })
  void masksAreNoClassAndGoToTheirPictures(String mask) {
    put(directory, "good/1.png", "cut/1.jpg", "cut/2.png");
    Drawn.write(directory.resolve(mask), Drawn.mask());
    ImageFolder read = ImageFolder.read(directory);
    assertThat(labels(read))
        .containsExactly("cut/1.jpg anomaly cut", "cut/2.png anomaly cut", "good/1.png normal");
    assertThat(read.images())
        .extracting(image -> image.mask().isPresent())
        .containsExactly(true, false, false);
    assertThat(read.masks()).isEqualTo(1);
    assertThat(read.leftOut()).isEmpty();
    LabeledImage message = read.images().get(0).toMessage("a", "p", DatasetType.TRAIN);
    assertThat(message.getMaskBytes().array()).isEqualTo(Drawn.mask());
    assertThat(message.getColorMap())
        .extracting(color -> color.getClassName() + " " + color.getHexColor())
        .containsExactly("BACKGROUND #000000", "cut #FFFFFF");
  }

  @Test
  void masksOfBeltAndBracesAreEachGivenToOnePicture() {
    put(
        directory,
        "test/good/0.png",
        "test/ko/0.png",
        "train/ok/0.png",
        "test/dent/0.png",
        "ground_truth/ko/0.png",
        "masks/dent/0.png",
        "masks/dent/0_mask.png",
        "masks/dent/9.png",
        "masks/0.png");
    ImageFolder read = ImageFolder.read(directory);
    assertThat(read.masks()).isEqualTo(2);
    assertThat(leftOut(read))
        .containsExactly(
            "masks/0.png MASK_WITHOUT_PICTURE",
            "masks/dent/0_mask.png MASK_TWICE",
            "masks/dent/9.png MASK_WITHOUT_PICTURE");
  }

  @Test
  void aMaskThatNumbersItsClassesBecomesWhiteOnBlack() throws IOException {
    put(directory, "good/1.png", "cut/1.png", "cut/2.png", "cut/3.png");
    Drawn.write(directory.resolve("masks/cut/1.png"), Drawn.mask(0x010101));
    Drawn.write(directory.resolve("masks/cut/2.png"), Drawn.blankMask());
    Drawn.write(directory.resolve("masks/cut/3/a.png"), Drawn.mask(0x800000));
    Drawn.write(directory.resolve("masks/cut/3/b.png"), Drawn.mask(0xFFFFFF));
    ImageFolder read = ImageFolder.read(directory);
    assertThat(read.masks()).isEqualTo(3);
    assertThat(leftOut(read)).containsExactly("masks/cut/2.png MASK_BLANK");
    assertThat(read.notes().get(0)).startsWith("2 masks without white");
    byte[] sent =
        read.images().get(0).toMessage("a", "p", DatasetType.TRAIN).getMaskBytes().array();
    var image = ImageIO.read(new ByteArrayInputStream(sent));
    assertThat(image.getRGB(1, 1)).isEqualTo(0xFFFFFFFF);
    assertThat(image.getRGB(0, 0)).isEqualTo(0xFF000000);
  }

  @Test
  void aMaskOfANormalPictureIsBlankOrAQuestion() {
    put(directory, "good/1.png", "good/2.png", "cut/3.png");
    Drawn.write(directory.resolve("masks/good/1.png"), Drawn.blankMask());
    ImageFolder blank = ImageFolder.read(directory);
    assertThat(leftOut(blank)).containsExactly("masks/good/1.png MASK_OF_NORMAL");
    assertThat(blank.losses()).isEmpty();
    Drawn.write(directory.resolve("masks/good/2.png"), Drawn.mask());
    ImageFolder marked = ImageFolder.read(directory);
    assertThat(marked.losses()).hasSize(1);
    assertThat(marked.questions())
        .containsExactly(
            "1 mask of a normal picture: good/2.png is normal, but its mask masks/good/2.png marks a defect.");
  }

  @ParameterizedTest
  @CsvSource({
    "masks/cut/1.jpg, MASK_FORMAT",
    "masks/cut/1.bmp, MASK_FORMAT",
    "masks/cut/1.tif, MASK_FORMAT",
    "masks/cut/1.gif, FORMAT",
    "cut/1_mask.jpg, MASK_FORMAT",
    "Label/1.webp, MASK_FORMAT"
  })
  void aMaskInAnotherFormatIsNamed(String mask, Reason reason) {
    put(directory, "good/1.png", "cut/1.png", mask);
    ImageFolder read = ImageFolder.read(directory);
    assertThat(read.images()).hasSize(2).allMatch(image -> image.mask().isEmpty());
    assertThat(leftOut(read)).containsExactly(mask + " " + reason);
    assertThat(read.losses()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"val", "validation", "Valid", "VAL", "dev", "data/val"})
  void aThirdPartIsAskedAbout(String validation) {
    put(directory, "train/good/1.png", "test/cut/2.png", validation + "/good/3.png");
    assertThatThrownBy(() -> ImageFolder.read(directory))
        .isInstanceOf(RelookException.class)
        .hasMessageContaining("holds 1 picture for validation")
        .hasMessageContaining("--validation skip");
    assertThat(datasets(Validation.TRAIN)).containsExactly("1 TRAIN", "2 TEST", "3 TRAIN");
    assertThat(datasets(Validation.TEST)).containsExactly("1 TRAIN", "2 TEST", "3 TEST");
    assertThat(datasets(Validation.SKIP)).containsExactly("1 TRAIN", "2 TEST");
    ImageFolder skipped = ImageFolder.read(directory, saying(Validation.SKIP, Set.of(), Set.of()));
    assertThat(leftOut(skipped)).containsExactly(validation + "/good/3.png VALIDATION");
    assertThat(skipped.losses()).isEmpty();
  }

  @Test
  void oneDataSetForAllTakesAPartAlone() {
    put(directory, "train/good/1.png", "test/good/2.png", "test/cut/3.png");
    Path test = directory.resolve("test");
    assertThatThrownBy(() -> ImageFolder.read(test))
        .hasMessageContaining("is one part of " + directory)
        .hasMessageContaining("--dataset test");
    FolderOptions all =
        new FolderOptions(Optional.empty(), Optional.empty(), Set.of(), Set.of(), true);
    assertThat(ImageFolder.read(test, all).images()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stray.jpg",
        "train/1.png",
        "images/1.png",
        "Data/Images/001.JPG",
        "test/img/1.png"
      })
  void aPictureOutsideOfClassFoldersIsNamed(String stray) {
    put(directory, "test/good/1.png", "test/cut/2.png", stray);
    assertThatThrownBy(() -> ImageFolder.read(directory))
        .isInstanceOf(RelookException.class)
        .hasMessageStartingWith(
            "The picture " + directory.resolve(stray) + " is not in a class folder: move");
  }

  @Test
  void aFolderWithoutPicturesIsRejected() {
    assertThatThrownBy(() -> ImageFolder.read(directory))
        .isInstanceOf(RelookException.class)
        .hasMessageContaining("has no pictures (JPEG, PNG) in class folders such as good/.");
    put(directory, "good/1.bmp", "cut/2.bmp");
    assertThatThrownBy(() -> ImageFolder.read(directory))
        .hasMessageContaining("2 pictures in the format BMP: such as cut/2.bmp. Give --convert");
    assertThatThrownBy(() -> ImageFiles.read(directory.resolve("nothing")))
        .isInstanceOf(RelookException.class)
        .hasMessageStartingWith("There is neither a folder nor a manifest at");
  }

  @Test
  void whoCannotAskLosesNothing() {
    put(directory, "good/1.png", "cut/2.png", "cut/3.bmp");
    assertThatThrownBy(() -> ImageFiles.read(directory))
        .isInstanceOf(RelookException.class)
        .hasMessageStartingWith("1 picture in the format BMP: cut/3.bmp.");
  }

  @Test
  void theSamePictureUnderTwoLabelsIsAQuestion() {
    put(directory, "good/1.png", "good/2.png", "cut/3.png");
    Drawn.write(directory.resolve("cut/4.png"), Drawn.png(1));
    Drawn.write(directory.resolve("dent/5.png"), Drawn.png(1));
    assertThat(ImageFolder.read(directory).questions())
        .containsExactly(
            "1 picture has two labels: cut/4.png is an anomaly of class cut, and dent/5.png is an anomaly of class dent.");
    Drawn.write(directory.resolve("good/6.png"), Drawn.png(2));
    ImageFolder read = ImageFolder.read(directory);
    assertThat(read.questions()).hasSize(1);
    assertThat(read.notes())
        .containsExactly("1 picture is there more than once, such as good/2.png.");
  }

  @Test
  void readsTheRealCookies() {
    Path cookies = Path.of(System.getProperty("relook.data", "/work/shared/data"), "cookie");
    if (!Files.isDirectory(cookies)) {
      assertThat(System.getenv("CI")).as("%s is absent", cookies).isNull();
      System.err.println("SKIPPED: readsTheRealCookies, there is no " + cookies);
      assumeTrue(false, "no " + cookies);
    }
    ImageFolder read = ImageFolder.read(cookies);
    List<ImageSource> images = read.images();
    assertThat(
            images.stream()
                .collect(Collectors.groupingBy(ImageSource::label, Collectors.counting())))
        .containsEntry(Label.NORMAL, 45L)
        .containsEntry(Label.ANOMALY, 40L);
    assertThat(images.stream().filter(image -> image.mask().isPresent())).hasSize(32);
    assertThat(images.get(0).sourceRef()).startsWith("cookie/test/");
    assertThat(read.leftOut()).isEmpty();
    assertThat(read.questions()).isEmpty();
  }

  private List<String> datasets(Validation validation) {
    Map<String, String> datasets = new TreeMap<>();
    for (ImageSource image :
        ImageFolder.read(directory, saying(validation, Set.of(), Set.of())).images()) {
      String name = image.sourceRef().replaceFirst(".*/(.*)\\..*", "$1");
      datasets.put(name, name + " " + image.dataset().orElseThrow());
    }
    return List.copyOf(datasets.values());
  }

  private static FolderOptions saying(
      Validation validation, Set<String> normal, Set<String> anomaly) {
    return new FolderOptions(Optional.empty(), Optional.of(validation), normal, anomaly, false);
  }

  static List<String> labels(ImageFolder read) {
    return read.images().stream()
        .map(
            image ->
                image.sourceRef().substring(read.name().length() + 1)
                    + (image.label() == Label.NORMAL ? " normal" : " anomaly")
                    + image.defectClass().map(name -> " " + name).orElse(""))
        .toList();
  }

  static List<String> leftOut(ImageFolder read) {
    return read.leftOut().stream().map(file -> file.file() + " " + file.reason()).toList();
  }

  private static void put(Path folder, String... names) {
    Drawn.put(folder, names);
  }
}

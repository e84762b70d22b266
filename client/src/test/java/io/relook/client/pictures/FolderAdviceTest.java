package io.relook.client.pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.client.RelookException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that would be misunderstood: each is refused with a sentence that helps. */
// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class FolderAdviceTest {
  @TempDir private Path temporary;

  /** Files are separated by blanks; the sentence contains the last column. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a/good/1.png a/cut/2.png | are in %s/a. Give that folder.",
        "a/train/good/1.png a/test/cut/2.png | are in %s/a. Give that folder.",
        "a/b/train/good/1.png a/b/test/cut/2.png | are in %s/a/b. Give that folder.",
        "photos/OK/1.png photos/NG/2.png | are in %s/photos. Give that folder.",
        "zip/images/good/1.png zip/images/cut/2.png | are in %s/zip/images. Give that folder.",
        "a/good/1.png a/cut/1.png b/good/2.png b/dent/2.png | it holds 2 sets of pictures, a, b. Send each into a project of its own, for instance %s/a.",
        "a/train/good/1.png b/train/good/2.png c/train/good/3.png | it holds 3 sets of pictures, a, b, c.",
        "candle/image_anno.csv candle/Data/Images/Normal/1.JPG | are in %s/candle. Give that folder."
      })
  void aFolderThatIsTooHighNamesTheRightOne(String files, String sentence) {
    put("set", files.split(" "));
    Path root = temporary.resolve("set");
    if (files.contains(".csv")) {
      Drawn.write(
          root.resolve("candle/image_anno.csv"),
          "image,label,mask\ncandle/Data/Images/Normal/1.JPG,normal,\n".getBytes());
    }
    assertRefused(root, "is too high", sentence.formatted(root));
  }

  /** The folder is given, and the one of the last column was meant. */
  @ParameterizedTest
  @CsvSource({
    "good, photos/good/1.png photos/cut/2.png, photos/good, photos",
    "cut, photos/good/1.png photos/cut/2.png, photos/cut, photos",
    "ok, btad/train/ok/1.png btad/test/ko/2.png, btad/train/ok, btad",
    "crack, mvtec/train/good/1.png mvtec/test/crack/2.png, mvtec/test/crack, mvtec",
    "train, mvtec/train/good/1.png mvtec/test/crack/2.png, mvtec/train, mvtec",
    "Test, mvtec/Train/good/1.png mvtec/Test/crack/2.png mvtec/Test/good/3.png, mvtec/Test, mvtec",
    "truth, mvtec/train/good/1.png mvtec/test/crack/2.png mvtec/ground_truth/crack/2.png, mvtec/ground_truth, mvtec"
  })
  void aFolderThatIsTooLowNamesTheRightOne(String name, String files, String given, String meant) {
    put("", files.split(" "));
    assertRefused(temporary.resolve(given), temporary.resolve(meant).toString());
  }

  /** What would become a class, or normal, but holds more than that. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "good/1.png old/good/2.png | The folder old would become a defect class, but there is good/ in it",
        "good/1.png cut/ng/2.png | The folder cut would become a defect class, but there is ng/ in it",
        "good/1.png cut/test/2.png | The folder cut would become a defect class, but there is test/ in it",
        "good/1.png good/NG/2.png | The folder good holds normal pictures, but there is NG/ in it",
        "ok/1.png ng/ok/2.png | The folder ng holds anomalies, but there is ok/ in it",
        "train/good/1.png train/test/cut/2.png | The folder train is one part of the pictures, but there is test/ in it",
        "good/1.png cut/validation/2.png | The folder cut would become a defect class, but there is validation/ in it"
      })
  void aClassThatHoldsMoreIsRefused(String files, String sentence) {
    put("set", files.split(" "));
    assertRefused(temporary.resolve("set"), sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "ok_front, --normal",
    "Good Parts, --normal",
    "normal2, --normal",
    "okSide, --normal",
    "passBack, --normal",
    "crack_mask, name it masks",
    "ground truth crack, name it masks",
    "GT-crack, name it masks",
    "train_cut, name it train or test",
    "test 2, name it train or test",
    "validationB, name it train or test"
  })
  void aNameThatSoundsLikeSomethingElseIsAskedAbout(String name, String sentence) {
    put("set", "good/1.png", name + "/2.png");
    Path root = temporary.resolve("set");
    assertRefused(root, "The folder " + name + " sounds", sentence);
    assertThat(ImageFolderTest.labels(ImageFolder.read(root, saying(Set.of(), Set.of(name)))))
        .contains(name + "/2.png anomaly " + name);
    assertThat(ImageFolderTest.labels(ImageFolder.read(root, saying(Set.of(name), Set.of()))))
        .contains(name + "/2.png normal");
  }

  @ParameterizedTest
  @CsvSource({
    "not_ok",
    "no_good_print",
    "abnormal colour",
    "scratch",
    "passivation",
    "goods_damaged",
    "intestine"
  })
  void otherNamesAreClasses(String name) {
    put("set", "good/1.png", name + "/2.png");
    assertThat(ImageFolderTest.labels(ImageFolder.read(temporary.resolve("set"))))
        .contains(name + "/2.png anomaly " + name);
  }

  @ParameterizedTest
  @CsvSource({
    "seg/cut/1.png",
    "annotated/1.png",
    "annotated/deep/1.png",
    "overlay/1.png",
    "cut_seg/1_mask.jpg",
    "xyz/7-GT.jpg",
    "drawn/1.jpg"
  })
  void aClassOfMasksAloneIsRefused(String mask) {
    put("set", "good/1.png", "cut/1.png");
    Path root = temporary.resolve("set");
    Drawn.write(
        root.resolve(mask),
        mask.endsWith(".png")
            ? Drawn.mask()
            : mask.startsWith("drawn") ? Drawn.jpegMask() : Drawn.jpeg(9));
    assertRefused(root, "they are masks. Name their folder masks, or give --anomaly");
    String name = mask.substring(0, mask.indexOf('/'));
    assertThat(ImageFolder.read(root, saying(Set.of(), Set.of(name))).images()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cut/1.png dent/2.png | No picture is normal",
        "clean/1.png cut/2.png | If one of these is normal, give --normal NAME",
        "good/1.png cut_in/2.png cut-in/3.png | 1 class is written in two ways: cut-in and cut_in",
        "good/1.png Gr\u00f6\u00dfe/2.png Gro\u0308\u00dfe/3.png | 1 class is written in two ways",
        "good/1.png Cut/2.png cut/3.png | 1 class is written in two ways: Cut and cut",
        "good/1.jpg good/1.png cut/2.png | 1 pair of pictures has one name, as a copy or a mask would: good/1.jpg and good/1.png",
        "train/good/1.png test/good/2.png extra/3.png | those in extra are beside"
      })
  void whatIsProbablyAMistakeIsAQuestion(String files, String sentence) {
    put("set", files.split(" "));
    assertThat(ImageFolder.read(temporary.resolve("set")).questions())
        .singleElement()
        .asString()
        .contains(sentence);
  }

  @Test
  void oneNameInTwoFormsOfUnicodeIsExplained() {
    put("set", "good/1.png", "Gr\u00f6\u00dfe/2.png", "Gro\u0308\u00dfe/3.png");
    assertThat(ImageFolder.read(temporary.resolve("set")).questions())
        .singleElement()
        .asString()
        .contains("are one character in one name and two in the other");
  }

  @ParameterizedTest
  @CsvSource({
    "OK/train/1.png OK/test/2.png NG/test/3.png, test/NG",
    "good/Test/1.png cut/3.png, Test/good"
  })
  void aPartInsideOfAClassIsNamed(String files, String meant) {
    put("set", files.split(" "));
    assertRefused(temporary.resolve("set"), "a part comes first", "as in " + meant + ".");
  }

  @ParameterizedTest
  @CsvSource({
    "Gutteile, Schlechtteile",
    "fehlerfrei, fehlerhaft",
    "In Ordnung, Nicht in Ordnung",
    "anomaly_free, defective"
  })
  void germanAndOtherNamesAreKnown(String normal, String anomalous) {
    put("set", normal + "/1.png", anomalous + "/2.png", "Masken/" + anomalous + "/2.txt");
    Path root = temporary.resolve("set");
    Drawn.write(root.resolve("Masken/" + anomalous + "/2.png"), Drawn.mask());
    ImageFolder read = ImageFolder.read(root);
    assertThat(read.questions()).isEmpty();
    assertThat(read.masks()).isEqualTo(1);
    assertThat(ImageFolderTest.labels(read))
        .contains(normal + "/1.png normal", anomalous + "/2.png anomaly " + anomalous);
  }

  @Test
  void everyConvertedFileIsCounted() throws IOException {
    put("set", "good/1.png", "cut/2.bmp");
    Drawn.write(temporary.resolve("set/cut/3.png"), Drawn.file("3.tiff", 3));
    Path into = Files.createDirectory(temporary.resolve("converted"));
    FolderOptions options =
        new FolderOptions(Optional.of(into), Optional.empty(), Set.of(), Set.of(), false);
    assertThat(ImageFolder.read(temporary.resolve("set"), options).notes())
        .containsExactly("2 files are sent as PNG, without loss.");
  }

  @Test
  void aBlankBehindTheNameOfAClassIsShown() {
    put("set", "good/1.png", "dent/2.png", "dent /3.png");
    assertThat(ImageFolder.read(temporary.resolve("set")).questions())
        .containsExactly("1 class is written in two ways: 'dent' and 'dent '.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"unlabeled", "Unlabelled", "unknown", "UNSORTED", "unklar", "train/unsorted"})
  void picturesThatNobodyLabelledAreNoClass(String folder) {
    put("set", "train/good/1.png", "train/cut/2.png", folder + "/3.png");
    String name = folder.substring(folder.indexOf('/') + 1);
    assertRefused(
        temporary.resolve("set"),
        "The folder %s sounds as if nobody had labelled its pictures: move it out of "
            .formatted(name),
        "give --anomaly \"%s\" if".formatted(name));
    assertThat(
            ImageFolderTest.labels(
                ImageFolder.read(temporary.resolve("set"), saying(Set.of(), Set.of(name)))))
        .contains(folder + "/3.png anomaly " + name);
  }

  @Test
  void aFolderWithoutFilesIsNamed() throws IOException {
    put("set", "good/1.png", "cut/2.png");
    Files.createDirectories(temporary.resolve("set/dent/new"));
    Files.createDirectories(temporary.resolve("set/.cache"));
    assertThat(ImageFolder.read(temporary.resolve("set")).notes())
        .containsExactly("1 folder has no files: dent/new.");
  }

  @Test
  void aSetOfPicturesInAnotherFormatIsASetToo() {
    put("btad", "01/train/ok/0.bmp", "01/test/ko/1.bmp", "02/train/ok/0.png", "02/test/ko/1.png");
    assertRefused(temporary.resolve("btad"), "is too high", "it holds 2 sets of pictures, 01, 02.");
  }

  @Test
  void aMaskIsFoundByTheWordBeforeItsNumber() {
    put("set", "good/1.png", "cut/2.png");
    Path root = temporary.resolve("set");
    Drawn.write(root.resolve("cut/mask_2.png"), Drawn.mask());
    ImageFolder read = ImageFolder.read(root);
    assertThat(read.images()).hasSize(2);
    assertThat(read.masks()).isEqualTo(1);
  }

  @Test
  void masksOfPicturesInAnotherFormatDoNotHideThat() {
    put("set", "train/ok/0.bmp", "test/ko/1.bmp");
    Path root = temporary.resolve("set");
    Drawn.write(root.resolve("ground_truth/ko/1.png"), Drawn.mask());
    assertRefused(root, "2 pictures in the format BMP", "--convert");
  }

  @Test
  void theFolderOfADefectClassBelowItsLabelIsTooLow() {
    put("set", "ok/1.png", "ko/dent/2.png");
    assertRefused(
        temporary.resolve("set/ko/dent"),
        "is one level too low",
        "Give " + temporary.resolve("set") + ".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "filename,is_defect;1.png,true",
        "1.png,good;2.png,bad",
        "image,label;\"1.png,good;2.png,bad"
      })
  void aTableThatIsNotUnderstoodIsNamed(String lines) {
    byte[] table = lines.replace(';', '\n').getBytes(StandardCharsets.UTF_8);
    String sentence = "labels.csv is not read as a table of labels: it needs a first line with";
    put("flat", "1.png", "2.png");
    Drawn.write(temporary.resolve("flat/labels.csv"), table);
    assertRefused(temporary.resolve("flat"), "2 pictures are not in a class folder", sentence);

    put("set", "good/1.png", "bad/2.png");
    Drawn.write(temporary.resolve("set/labels.csv"), table);
    assertThat(ImageFolder.read(temporary.resolve("set")).notes())
        .singleElement()
        .asString()
        .startsWith(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "label, defect, scratch, ''",
    "label, Defect Type, scratch, ''",
    "label, class, anomaly, ' Not read there: class.'"
  })
  void ofTwoColumnsForTheLabelNoneIsDroppedInSilence(
      String first, String second, String defectClass, String note) {
    put("set", "1.png", "2.png");
    Drawn.write(
        temporary.resolve("set/labels.csv"),
        "image,%s,%s\n1.png,normal,\n2.png,anomaly,scratch\n"
            .formatted(first, second)
            .getBytes(StandardCharsets.UTF_8));
    ImageFolder read = ImageFolder.read(temporary.resolve("set"));
    assertThat(ImageFolderTest.labels(read))
        .containsExactly("1.png normal", "2.png anomaly " + defectClass);
    assertThat(read.notes())
        .containsExactly(
            "The labels are those of labels.csv; the names of the folders do not count." + note);
  }

  @Test
  void aTableMayBeSeparatedByTabsInUtf16() {
    put("set", "1.png", "2.png");
    Drawn.write(
        temporary.resolve("set/labels.tsv"),
        "image\tlabel\n1.png\tOK\n2.png\tRi\u00df\n".getBytes(StandardCharsets.UTF_16));
    assertThat(ImageFolderTest.labels(ImageFolder.read(temporary.resolve("set"))))
        .containsExactly("1.png normal", "2.png anomaly Ri\u00df");
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown", "N/A", "none", "?", "-", "NaN", "unlabeled"})
  void aLabelThatSaysNothingIsNoClass(String label) {
    put("set", "1.png", "2.png");
    Drawn.write(
        temporary.resolve("set/labels.csv"),
        "image,label\n1.png,OK\n2.png,%s\n".formatted(label).getBytes(StandardCharsets.UTF_8));
    assertRefused(
        temporary.resolve("set"), "Line 3 of labels.csv has the label " + label + " for 2.png");
    assertThat(ImageFolder.read(temporary.resolve("set"), saying(Set.of(), Set.of(label))).images())
        .hasSize(2);
  }

  @Test
  void aPhotographInAFolderOfMasksIsNamedAsOne() {
    put("set", "good/1.png", "cut/2.png", "label/3.jpg");
    assertThat(LeftOutText.lines(ImageFolder.read(temporary.resolve("set")).losses()))
        .containsExactly(
            "1 mask in the format JPEG: label/3.jpg looks like a photograph (give --anomaly \"label\" if that is a defect class). JPEG changes colours: save masks as PNG.");
  }

  @ParameterizedTest
  @CsvSource({
    "cut/mask_9.png, MASK_WITHOUT_PICTURE",
    "cut/9_mask.png, MASK_WITHOUT_PICTURE",
    "cut/9_GT.PNG, MASK_WITHOUT_PICTURE",
    "good/9-label.png, MASK_WITHOUT_PICTURE",
    "test/cut/9_mask.png, MASK_WITHOUT_PICTURE",
    "cut/9_mask.jpg, MASK_FORMAT"
  })
  void aMaskWhosePictureIsGoneIsNoPicture(String mask, String reason) {
    String set = mask.startsWith("test/") ? "test/" : "";
    put("set", set + "good/1.png", set + "cut/2.png");
    Path root = temporary.resolve("set");
    Drawn.write(root.resolve(mask), mask.endsWith(".jpg") ? Drawn.jpegMask() : Drawn.mask());
    ImageFolder read = ImageFolder.read(root);
    assertThat(ImageFolderTest.leftOut(read)).containsExactly(mask + " " + reason);
    assertThat(read.images()).hasSize(2);
  }

  @Test
  void silhouettesAreNoMasksWhereGoodPartsLookAlike() {
    put("set", "good/1.png", "cut/1.png");
    Path root = temporary.resolve("set");
    Drawn.write(root.resolve("good/2.jpg"), Drawn.jpegMask());
    Drawn.write(root.resolve("bent/3.jpg"), Drawn.jpegMask());
    assertThat(ImageFolder.read(root).images()).hasSize(4);
  }

  @Test
  void aClassOfWhichNothingIsSentIsNamed() {
    put("set", "good/1.png", "cut/1.png", "cut/2.bmp", "dent/3.bmp", "hole/4.tif");
    assertThat(ImageFolder.read(temporary.resolve("set")).notes())
        .containsExactly(
            "No picture of class dent is sent: all are left out.",
            "No picture of class hole is sent: all are left out.");
  }

  @Test
  void imagesBesideTheirMasksAreAQuestion() {
    put("candle", "Images/Normal/1.png", "Images/Anomaly/2.png", "Masks/Anomaly/2.png");
    Path candle = temporary.resolve("candle");
    assertThat(ImageFolder.read(candle.resolve("Images")).questions())
        .containsExactly(
            "There is a folder Masks beside this one, whose masks would not be sent: give %s to send them too."
                .formatted(candle));
    assertThat(ImageFolder.read(candle).masks()).isEqualTo(1);
  }

  private void put(String folder, String... files) {
    Drawn.put(temporary.resolve(folder), files);
  }

  private static FolderOptions saying(Set<String> normal, Set<String> anomaly) {
    return new FolderOptions(Optional.empty(), Optional.empty(), normal, anomaly, false);
  }

  private static void assertRefused(Path folder, String... parts) {
    assertThatThrownBy(() -> ImageFolder.read(folder))
        .isInstanceOfSatisfying(
            RelookException.class, e -> assertThat(e.kind()).isEqualTo(RelookException.Kind.USAGE))
        .hasMessageContainingAll(parts);
  }
}

package io.relook.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relook.wire.DatasetType;
import io.relook.wire.Label;
import io.relook.wire.LabeledImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class ImageFolderTest {
  @TempDir private Path directory;

  @Test
  void goodAndNormalAreNormalAndOtherFoldersAreDefectClasses() throws IOException {
    Path folder = directory.resolve("photos");
    put(folder, "good/2.jpg", "Normal/1.PNG", "cracked/a.jpeg", "cracked/notes.txt", ".git/x.jpg");
    ImageFolder read = ImageFolder.read(folder);
    assertThat(read.images())
        .extracting(ImageSource::sourceRef)
        .containsExactly("photos/Normal/1.PNG", "photos/cracked/a.jpeg", "photos/good/2.jpg");
    assertThat(read.images())
        .extracting(ImageSource::label)
        .containsExactly(Label.NORMAL, Label.ANOMALY, Label.NORMAL);
    assertThat(read.images())
        .extracting(ImageSource::defectClass)
        .containsExactly(Optional.empty(), Optional.of("cracked"), Optional.empty());
    assertThat(read.images()).allMatch(image -> image.dataset().isEmpty());
    assertThat(read.otherFiles()).isEqualTo(1);
  }

  @Test
  void trainAndTestNameTheDataSet() throws IOException {
    put(directory, "train/good/1.png", "test/good/2.png", "test/cut/3.png");
    List<ImageSource> images = ImageFolder.read(directory, "").images();
    assertThat(images)
        .extracting(image -> image.dataset().orElseThrow())
        .containsExactly(DatasetType.TEST, DatasetType.TEST, DatasetType.TRAIN);
    assertThat(images.get(0).toMessage("a", "p", DatasetType.TRAIN).getDataset())
        .isEqualTo(DatasetType.TEST);
    assertThat(
            images.get(0).in(DatasetType.TRAIN).toMessage("a", "p", DatasetType.TEST).getDataset())
        .isEqualTo(DatasetType.TRAIN);
  }

  @Test
  void masksAreNoClassAndGoToTheirPictures() throws IOException {
    put(
        directory,
        "good/1.png",
        "cut/1.png",
        "cut/2.jpg",
        "cut/3.png",
        "ground_truth/cut/1_mask.png",
        "masks/cut/2.png");
    List<ImageSource> images = ImageFolder.read(directory, "").images();
    assertThat(images)
        .extracting(image -> image.mask().isPresent())
        .containsExactly(true, true, false, false);
    LabeledImage message = images.get(0).toMessage("a", "p", DatasetType.TRAIN);
    assertThat(new String(message.getMaskBytes().array(), StandardCharsets.UTF_8))
        .isEqualTo("ground_truth/cut/1_mask.png");
    assertThat(message.getColorMap())
        .extracting(color -> color.getClassName() + " " + color.getHexColor())
        .containsExactly("BACKGROUND #000000", "cut #FFFFFF");
  }

  @Test
  void aPictureOutsideOfClassFoldersIsNamed() throws IOException {
    put(directory, "good/1.png", "stray.jpg");
    assertThatThrownBy(() -> ImageFolder.read(directory))
        .isInstanceOf(RelookException.class)
        .hasMessageStartingWith(
            "The picture " + directory.resolve("stray.jpg") + " is not in a class");
  }

  @Test
  void aFolderWithoutPicturesIsRejected() {
    assertThatThrownBy(() -> ImageFolder.read(directory))
        .isInstanceOf(RelookException.class)
        .hasMessageContaining("has no pictures (jpg, jpeg, png) in class folders such as good/.");
    assertThatThrownBy(() -> ImageFiles.read(directory.resolve("nothing")))
        .isInstanceOf(RelookException.class)
        .hasMessageStartingWith("There is neither a folder nor a manifest at");
  }

  @Test
  void readsTheRealCookies() {
    Path cookies = Path.of(System.getProperty("relook.data", "/work/shared/data"), "cookie");
    if (!Files.isDirectory(cookies)) {
      assertThat(System.getenv("CI")).as("%s is absent", cookies).isNull();
      System.err.println("SKIPPED: readsTheRealCookies, there is no " + cookies);
      assumeTrue(false, "no " + cookies);
    }
    List<ImageSource> images = ImageFolder.read(cookies).images();
    assertThat(
            images.stream()
                .collect(Collectors.groupingBy(ImageSource::label, Collectors.counting())))
        .containsEntry(Label.NORMAL, 45L)
        .containsEntry(Label.ANOMALY, 40L);
    assertThat(images.stream().filter(image -> image.mask().isPresent())).hasSize(32);
    assertThat(images.get(0).sourceRef()).startsWith("cookie/test/");
  }

  private static void put(Path folder, String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, name);
    }
  }
}

package io.relook.client.pictures;

import static io.relook.client.pictures.ImageFolderTest.labels;
import static io.relook.client.pictures.ImageFolderTest.leftOut;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not sent is named, with its kind and what to do. */
// JUnit fills the fields that NullAway sees empty.
@SuppressWarnings("NullAway.Init")
class LeftOutTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "cut/1.bmp, BMP, --convert",
    "cut/1.DIB, BMP, --convert",
    "cut/1.tif, TIFF, --convert",
    "good/1.TIFF, TIFF, --convert",
    "cut/1.webp, WebP, --convert",
    "cut/1.heic, HEIC, PNG or JPEG",
    "good/IMG_1.HEIC, HEIC, PNG or JPEG",
    "cut/1.avif, AVIF, PNG or JPEG",
    "cut/1.gif, GIF, PNG or JPEG",
    "cut/1.jp2, JPEG 2000, PNG or JPEG",
    "cut/1.jxl, JPEG XL, PNG or JPEG",
    "cut/1.dng, camera raw, PNG or JPEG",
    "cut/1.NEF, camera raw, PNG or JPEG",
    "cut/1.psd, Photoshop, PNG or JPEG",
    "cut/1.pgm, Netpbm, PNG or JPEG",
    "cut/1.exr, OpenEXR, PNG or JPEG",
    "stray.bmp, BMP, --convert"
  })
  void picturesInOtherFormatsAreNamed(String file, String kind, String fix) {
    Drawn.put(directory, "good/0.png", file);
    ImageFolder read = ImageFolder.read(directory);
    assertThat(read.images()).hasSize(1);
    assertThat(leftOut(read)).containsExactly(file + " FORMAT");
    assertThat(LeftOutText.lines(read.losses()))
        .singleElement()
        .asString()
        .startsWith("1 picture in the format %s: %s. ".formatted(kind, file))
        .contains(fix);
  }

  @ParameterizedTest
  @CsvSource({
    "1.heic, HEIC",
    "1.tif, TIFF",
    "1.bmp, BMP",
    "1.webp, WebP",
    "1.gif, GIF",
    "1.psd, Photoshop"
  })
  void theContentCountsAndNotTheName(String content, String kind) {
    Drawn.put(directory, "good/0.png");
    Drawn.write(directory.resolve("good/1.jpg"), Drawn.file(content, 1));
    assertThat(LeftOutText.lines(ImageFolder.read(directory).losses()))
        .singleElement()
        .asString()
        .startsWith("1 picture in the format " + kind + ": good/1.jpg.");
  }

  @Test
  void jpegAndPngAreTakenWhateverTheirNameSays() {
    Drawn.write(directory.resolve("good/1.png"), Drawn.jpeg(1));
    Drawn.write(directory.resolve("good/2.bmp"), Drawn.png(2));
    Drawn.write(directory.resolve("good/3"), Drawn.png(3));
    Drawn.write(directory.resolve("good/4.JFIF"), Drawn.jpeg(4));
    ImageFolder read = ImageFolder.read(directory);
    assertThat(read.images()).hasSize(4);
    assertThat(read.leftOut()).isEmpty();
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    byte[] largeTail = new byte[200_000];
    Drawn.put(directory, "good/0.png");
    Drawn.write(directory.resolve("good/a.jpg"), new byte[0]);
    Drawn.write(directory.resolve("good/b.jpg"), "<html>".getBytes(StandardCharsets.UTF_8));
    Drawn.write(directory.resolve("good/c.jpg"), Drawn.cutOff(Drawn.jpeg(1)));
    Drawn.write(directory.resolve("good/d.png"), Drawn.cutOff(Drawn.png(1)));
    Drawn.write(directory.resolve("good/e.tif"), new byte[] {1, 2, 3});
    Drawn.write(directory.resolve("good/f.heic"), new byte[] {1, 2, 3});
    Files.createSymbolicLink(directory.resolve("good/g.png"), Path.of("gone.png"));
    Files.createSymbolicLink(directory.resolve("good/h"), directory);
    Drawn.write(directory.resolve("good/ok.jpg"), concat(Drawn.jpeg(2), largeTail));
    Drawn.write(directory.resolve("good/bad.jpg"), concat(Drawn.cutOff(Drawn.jpeg(3)), largeTail));
    ImageFolder read = ImageFolder.read(directory);
    assertThat(labels(read)).containsExactly("good/0.png normal", "good/ok.jpg normal");
    assertThat(read.losses())
        .extracting(file -> file.file() + " " + file.detail())
        .containsExactly(
            "good/a.jpg is empty",
            "good/b.jpg is no JPEG file, though its name says so",
            "good/bad.jpg is cut off: copy it again",
            "good/c.jpg is cut off: copy it again",
            "good/d.png is cut off: copy it again",
            "good/e.tif is no TIFF file, though its name says so",
            "good/f.heic is no HEIC file, though its name says so",
            "good/g.png is a link to a file that is gone",
            "good/h is a link to a folder above it");
    assertThat(LeftOutText.lines(read.losses()))
        .containsExactly("9 files that cannot be read: such as good/a.jpg, which is empty.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"good/1.jpg.bak", "good/1.png~", "good/1.part", "good/1.jpg_old", "good/1.tmp"})
  void aPictureUnderAnotherKindOfNameIsNotTaken(String name) {
    Drawn.put(directory, "good/0.png");
    Drawn.write(directory.resolve(name), Drawn.png(1));
    ImageFolder read = ImageFolder.read(directory);
    assertThat(leftOut(read)).containsExactly(name + " NAMED_OTHERWISE");
    assertThat(read.losses()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".DS_Store",
        "good/._1.png",
        "__MACOSX/good/1.png",
        "good/@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg",
        "good/.ipynb_checkpoints/1.png",
        "$RECYCLE.BIN/1.png"
      })
  void whatComputersLeaveBehindIsCountedAndNoLoss(String name) {
    Drawn.put(directory, "good/0.png", name);
    ImageFolder read = ImageFolder.read(directory);
    assertThat(leftOut(read)).containsExactly(name + " HIDDEN");
    assertThat(read.losses()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "good/Pr%C3%BCfling.png",
        "good/Pru%CC%88fling.png",
        "Gr%C3%B6%C3%9Fe/a.png",
        "%E5%82%B7/a.png",
        "good/a%20b%09c.png",
        "good/%F0%9F%94%A9.png"
      })
  void namesOfAllLanguagesAreText(String encoded) {
    Drawn.put(directory, "good/0.png");
    Path file = Path.of(URI.create(directory.toUri() + encoded));
    Drawn.write(file, Drawn.png(1));
    ImageFolder read = ImageFolder.read(directory);
    assertThat(read.leftOut()).isEmpty();
    String text = java.net.URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    assertThat(read.images().stream().map(image -> image.sourceRef()))
        .contains(directory.getFileName() + "/" + text);
  }

  @ParameterizedTest
  @CsvSource({
    "good/Pr%FCfling.png, good/Pr\\xFCfling.png",
    "Gr%F6%DFe/a.png, Gr\\xF6\\xDFe/a.png",
    "good/%FF.jpg, good/\\xFF.jpg",
    "good/a%C3.png, good/a\\xC3.png",
    "good/%80%81/a.png, good/\\x80\\x81/a.png"
  })
  void aNameThatIsNoTextIsSaidAndOthersGoOn(String encoded, String shown) {
    Drawn.put(directory, "good/0.png");
    Drawn.write(Path.of(URI.create(directory.toUri() + encoded)), Drawn.png(1));
    ImageFolder read = ImageFolder.read(directory);
    assertThat(labels(read)).containsExactly("good/0.png normal");
    assertThat(LeftOutText.lines(read.losses()))
        .containsExactly(
            "1 picture without a name that can be sent: %s has a name that is not UTF-8 text. Rename it."
                .formatted(shown));
  }

  @Test
  void aNameThatIsTooLongIsSaid() {
    String deep = "a".repeat(200) + "/";
    Drawn.put(
        directory, "good/0.png", "good/" + deep.repeat(11) + "1.png", "b".repeat(250) + "/2.png");
    ImageFolder read = ImageFolder.read(directory);
    assertThat(read.images()).hasSize(2);
    assertThat(read.losses())
        .singleElement()
        .extracting(LeftOut::reason)
        .isEqualTo(LeftOut.Reason.UNNAMEABLE);
  }

  @ParameterizedTest
  @CsvSource({
    "good/1.bmp, good/1.png",
    "cut/a.tif, cut/a.png",
    "cut/a.webp, cut/a.PNG",
    "good/1.bmp, good/1.tif",
    "good/x.TIFF, good/x.tif"
  })
  void twoFilesThatWouldBecomeOneAreAnError(String one, String other, @TempDir Path into) {
    Drawn.put(directory, "good/0.png", one, other);
    if (one.endsWith("webp")) {
      assertThat(read(into).images()).hasSize(3);
      return;
    }
    assertThatThrownBy(() -> read(into))
        .hasMessageContaining("would become")
        .hasMessageContaining("rename or remove one of the two");
    assertThatThrownBy(() -> FolderConversion.copy(directory, into.resolve("copy")))
        .hasMessageContaining("would become");
  }

  private ImageFolder read(Path into) {
    return ImageFolder.read(
        directory,
        new FolderOptions(
            java.util.Optional.of(into),
            java.util.Optional.empty(),
            java.util.Set.of(),
            java.util.Set.of(),
            false));
  }

  private static byte[] concat(byte[] one, byte[] other) {
    byte[] both = java.util.Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  @Test
  void theSummaryCountsEachKind() {
    List<LeftOut> files =
        List.of(
            new LeftOut("a.bmp", LeftOut.Reason.FORMAT, FileKind.BMP, ""),
            new LeftOut("b.bmp", LeftOut.Reason.FORMAT, FileKind.BMP, ""),
            new LeftOut("c.jpg", LeftOut.Reason.MASK_FORMAT, FileKind.JPEG, ""));
    assertThat(LeftOutText.summary(files))
        .isEqualTo(
            "3 files were left out: 2 pictures in the format BMP (a.bmp, …), 1 mask in the format JPEG (c.jpg).");
  }
}

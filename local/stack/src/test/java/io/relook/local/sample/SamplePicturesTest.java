package io.relook.local.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.client.pictures.ImageFolder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SamplePicturesTest {

  @Test
  void theSameSeedKindAndIndexGiveTheSamePictureInAnyOrder() {
    SamplePictures forward = new SamplePictures(7);
    Sample good = forward.normal(3);
    Sample dent = forward.defect(DefectKind.DENT, 2);
    SamplePictures backward = new SamplePictures(7);
    assertThat(backward.defect(DefectKind.DENT, 2).picture()).isEqualTo(dent.picture());
    assertThat(backward.defect(DefectKind.DENT, 2).mask().orElseThrow())
        .isEqualTo(dent.mask().orElseThrow());
    assertThat(backward.normal(3).picture()).isEqualTo(good.picture());
  }

  @Test
  void noTwoPicturesAreEqual() {
    Set<Integer> digests = new HashSet<>();
    int pictures = 0;
    for (long seed = 0; seed < 2; seed++) {
      SamplePictures samples = new SamplePictures(seed);
      for (int i = 0; i < 4; i++) {
        digests.add(Arrays.hashCode(samples.normal(i).picture()));
        pictures++;
        for (DefectKind kind : DefectKind.values()) {
          digests.add(Arrays.hashCode(samples.defect(kind, i).picture()));
          pictures++;
        }
      }
    }
    assertThat(digests).hasSize(pictures);
  }

  @Test
  void aSoundPartIsAColorPictureOfTheSizePromisedAndHasNoMask() throws IOException {
    Sample sample = new SamplePictures(1).normal(0);
    BufferedImage image = decoded(sample.picture());
    assertThat(image.getWidth()).isEqualTo(SamplePictures.WIDTH);
    assertThat(image.getHeight()).isEqualTo(SamplePictures.HEIGHT);
    assertThat(image.getRaster().getNumBands()).isEqualTo(3);
    assertThat(sample.defect()).isEmpty();
    assertThat(sample.mask()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(DefectKind.class)
  void aMaskMarksASmallButVisiblePartOfThePicture(DefectKind kind) throws IOException {
    SamplePictures samples = new SamplePictures(1);
    int pixels = SamplePictures.WIDTH * SamplePictures.HEIGHT;
    for (int index = 0; index < 10; index++) {
      BufferedImage mask = decoded(samples.defect(kind, index).mask().orElseThrow());
      assertThat(mask.getType()).isEqualTo(BufferedImage.TYPE_BYTE_GRAY);
      int marked = 0;
      for (int level :
          mask.getRaster().getPixels(0, 0, mask.getWidth(), mask.getHeight(), (int[]) null)) {
        assertThat(level).isIn(0, 255);
        marked += level == 255 ? 1 : 0;
      }
      assertThat(marked).as("%s %d", kind, index).isBetween(15, pixels / 12);
    }
  }

  @ParameterizedTest
  @EnumSource(DefectKind.class)
  void aDefectChangesWhatItsMaskMarksAndLittleElse(DefectKind kind) {
    for (int seed = 0; seed < 10; seed++) {
      Surface sound = carved(seed, -1);
      int hole = kind == DefectKind.MISSING_HOLE ? seed % Flange.HOLES : -1;
      Surface spoiled = carved(seed, hole);
      SplittableRandom random = new SplittableRandom(seed);
      Flange flange = new Flange(random, sound.width, sound.height, hole, 0);
      new Defects(spoiled, flange, random).apply(kind, 0.7f, hole);
      int marked = 0;
      int changedInside = 0;
      int changedOutside = 0;
      for (int i = 0; i < spoiled.mask.length; i++) {
        boolean changed =
            Math.abs(sound.relief[i] - spoiled.relief[i]) > 0.2f
                || Math.abs(sound.cover[i] - spoiled.cover[i]) > 0.2f
                || Math.abs(sound.tint[1][i] - spoiled.tint[1][i]) > 0.05f;
        if (spoiled.mask[i] != 0) {
          marked++;
          changedInside += changed ? 1 : 0;
        } else if (sound.cover[i] > 0.5f) {
          changedOutside += changed ? 1 : 0;
        }
      }
      assertThat(changedInside).as("%s %d, marked", kind, seed).isGreaterThan(marked / 3);
      assertThat(changedOutside).as("%s %d, not marked", kind, seed).isLessThan(marked / 2 + 10);
    }
  }

  @Test
  void foldersHoldGoodPicturesDefectsByKindAndTheirMasks(@TempDir Path directory)
      throws IOException {
    new SamplePictures(1)
        .writeTo(directory, 2, Map.of(DefectKind.CHIP, 1, DefectKind.MISSING_HOLE, 2));
    try (Stream<Path> files = Files.walk(directory)) {
      List<String> names =
          files
              .filter(Files::isRegularFile)
              .map(file -> directory.relativize(file).toString().replace('\\', '/'))
              .toList();
      assertThat(names)
          .containsExactlyInAnyOrder(
              "good/good-0000.jpg",
              "good/good-0001.jpg",
              "chip/chip-0000.jpg",
              "missing_hole/missing_hole-0000.jpg",
              "missing_hole/missing_hole-0001.jpg",
              "masks/chip/chip-0000.png",
              "masks/missing_hole/missing_hole-0000.png",
              "masks/missing_hole/missing_hole-0001.png");
    }
    ImageFolder read = ImageFolder.read(directory);
    assertThat(read.images()).hasSize(5);
    assertThat(read.masks()).isEqualTo(3);
    assertThat(read.leftOut()).isEmpty();
    assertThat(read.questions()).isEmpty();
  }

  private static Surface carved(int seed, int missingHole) {
    Surface surface = new Surface(SamplePictures.WIDTH, SamplePictures.HEIGHT);
    new Flange(new SplittableRandom(seed), surface.width, surface.height, missingHole, 0)
        .carve(surface);
    return surface;
  }

  private static BufferedImage decoded(byte[] bytes) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(bytes));
  }
}

package io.relook.job.extraction;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.contract.Contract;
import io.relook.job.extraction.MaskReader.Result;
import io.relook.learning.picture.Picture;
import io.relook.learning.picture.PictureDecoder;
import io.relook.learning.picture.PictureLimits;
import io.relook.wire.MaskColor;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskReaderTest {
  private static final MaskColor CRACKED = new MaskColor(0, "cracked", "#23A436", null);
  private static final MaskColor DENT = new MaskColor(1, "dent", "#2ca02c", null);
  private static final MaskColor BACKGROUND = new MaskColor(2, "BACKGROUND", "#ffffff", null);

  @Test
  @Contract("MANIFEST-4-PALETTE-MASK")
  void aPaletteWithTransparencyAndNoBackgroundEntry() throws Exception {
    // As in the getting-started set: transparent black outside, the class's colour inside.
    byte[] ramp = {0, 35, 35};
    IndexColorModel palette =
        new IndexColorModel(
            8,
            3,
            ramp,
            new byte[] {0, (byte) 164, (byte) 164},
            new byte[] {0, 54, 54},
            new byte[] {0, (byte) 255, 100});
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_INDEXED, palette);
    image.getRaster().setSample(5, 5, 0, 1);
    image.getRaster().setSample(5, 6, 0, 2); // an anti-aliased edge

    assertThat(read(image, CRACKED)).isEqualTo(new Result.Shows(List.of("cracked")));
  }

  @Test
  @Contract("MASK-COLORS")
  void coloursInEitherCaseAndEverythingElseIsBackground() throws Exception {
    BufferedImage image = white();
    image.setRGB(1, 1, 0x2CA02C);
    image.setRGB(2, 2, 0x23A436);
    image.setRGB(3, 3, 0x123456);

    assertThat(read(image, BACKGROUND, DENT, CRACKED))
        .isEqualTo(new Result.Shows(List.of("cracked", "dent")));
  }

  @Test
  @Contract("MASK-COLORS")
  void aMaskWithoutAnyColourOfItsMapIsRejected() throws Exception {
    BufferedImage image = white();
    image.setRGB(1, 1, 0xFF0000);

    assertThat(read(image, BACKGROUND, CRACKED))
        .isEqualTo(
            new Result.Rejected(
                "The mask shows none of the colours of its colour map, #23A436, but others such as"
                    + " #FF0000: save it as a PNG without changing colours, or correct the colour"
                    + " map."));
    assertThat(((Result.Rejected) read(image)).sentence()).contains("which names no defect class");
  }

  /** As Ground Truth and other tools write the mask of an image without defects. */
  @ParameterizedTest
  @CsvSource({
    "white with a background entry, FFFFFF, true",
    "white without a background entry, FFFFFF, false",
    "black with a background entry, 000000, true",
    "black without a background entry, 000000, false",
    "grey without a background entry, 808080, false",
  })
  void aMaskOfBackgroundAloneIsBlank(String kind, String color, boolean entry) throws Exception {
    BufferedImage image = filled(Integer.parseInt(color, 16));

    assertThat(entry ? read(image, BACKGROUND, CRACKED) : read(image, CRACKED))
        .as(kind)
        .isEqualTo(new Result.Blank());
  }

  /** A binary mask with the colour map of another tool must not count as blank. */
  @ParameterizedTest
  @CsvSource({
    "white on black, 000000, FFFFFF, false",
    "black on white, FFFFFF, 000000, true",
    "red on white, FFFFFF, FF0000, true",
    "almost the class's colour, FFFFFF, 23A437, true",
    "grey alone where white is background, 808080, 808080, true",
    "blue on black, 000000, 0000FF, false",
  })
  void aMaskInOtherColoursIsNotBlank(String kind, String ground, String drawn, boolean entry)
      throws Exception {
    BufferedImage image = filled(Integer.parseInt(ground, 16));
    image.setRGB(9, 9, Integer.parseInt(drawn, 16));

    assertThat(entry ? read(image, BACKGROUND, CRACKED) : read(image, CRACKED))
        .as(kind)
        .isInstanceOf(Result.Rejected.class);
  }

  @Test
  void oneColourForTwoClassesIsRejected() throws Exception {
    assertThat(read(white(), CRACKED, new MaskColor(3, "bent", "#23a436", null)))
        .isEqualTo(
            new Result.Rejected(
                "The colour map has the colour #23a436 for 'cracked' and for 'bent': give each"
                    + " class its own."));
    assertThat(read(white(), new MaskColor(3, "bent", "green", null)))
        .isEqualTo(
            new Result.Rejected(
                "The colour map has the colour 'green' for bent: write it as #RRGGBB."));
  }

  @Test
  @Contract("QUOTA-MASK-CLASSES")
  void moreThanTwentyClassesInAMaskAreRejected() throws Exception {
    List<MaskColor> colors = new ArrayList<>();
    BufferedImage image = white();
    for (int i = 0; i < 21; i++) {
      colors.add(new MaskColor(i, "class-" + i, "#%06x".formatted(i + 1), null));
      image.setRGB(i, 0, i + 1);
    }

    assertThat(read(image, colors.toArray(MaskColor[]::new)))
        .isEqualTo(
            new Result.Rejected(
                "The mask shows 21 defect classes, and 20 are allowed: leave some out."));
    image.setRGB(0, 0, 0xFFFFFF);
    assertThat(read(image, colors.toArray(MaskColor[]::new))).isInstanceOf(Result.Shows.class);
  }

  private static BufferedImage white() {
    return filled(0xFFFFFF);
  }

  private static BufferedImage filled(int color) {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, color);
    }
    return image;
  }

  private static Result read(BufferedImage image, MaskColor... colors) throws Exception {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    Picture pixels = new PictureDecoder(PictureLimits.DEFAULT).decode(png.toByteArray());
    return MaskReader.read(pixels, List.of(colors));
  }
}

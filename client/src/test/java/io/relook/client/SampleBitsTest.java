package io.relook.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.client.ImageSource.Content;
import io.relook.wire.Label;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleBitsTest {
  @TempDir private Path directory = Path.of(".");

  /** Largest values of the pictures of a set. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1023 800 3    | 10 | The largest value of the 3 16-bit PNGs is 1023: their camera fills 10 bits.",
        "900 4095      | 12 | The largest value of the 2 16-bit PNGs is 4095: their camera fills 12 bits.",
        "1023 3000 900 | 12 | The largest value of the 3 16-bit PNGs is 3000: their camera fills 12 bits.",
        "1023 16383    | 14 | The largest value of the 2 16-bit PNGs is 16383: their camera fills 14 bits.",
        "900 60000     | 16 | 1 of the 2 16-bit PNGs have no value above 16383, and the largest of the set is 60000: they look dark, or come from another camera.",
      })
  void theBitsAreThoseOfTheWholeSet(String largest, int bits, String sentence) throws IOException {
    List<ImageSource> images = new ArrayList<>();
    for (String value : largest.split(" ")) {
      images.add(image("deep-" + value + ".png", BufferedImage.TYPE_USHORT_GRAY, value));
    }
    images.add(image("plain.png", BufferedImage.TYPE_BYTE_GRAY, "200"));
    Files.writeString(directory.resolve("broken.png"), "no picture");
    images.add(source(directory.resolve("broken.png")));

    SampleBits found = SampleBits.of(images);
    assertThat(found.bits()).isEqualTo(bits);
    assertThat(found.notice())
        .contains(
            sentence
                + " relook rejects such pictures (UNKNOWN_BIT_DEPTH) unless its option"
                + " images.significant-bits is "
                + bits
                + ". Set it, or save the pictures with 8 bits.");
  }

  @Test
  void aSetThatFillsAllBitsOrEightNeedsNoNotice() throws IOException {
    List<ImageSource> images =
        List.of(
            image("a.png", BufferedImage.TYPE_USHORT_GRAY, "65535"),
            image("b.png", BufferedImage.TYPE_USHORT_GRAY, "16384"),
            image("c.png", BufferedImage.TYPE_BYTE_GRAY, "3"));

    assertThat(SampleBits.of(images).notice()).isEmpty();
    assertThat(SampleBits.of(List.of()).notice()).isEmpty();
  }

  private ImageSource image(String name, int type, String value) throws IOException {
    BufferedImage image = new BufferedImage(64, 64, type);
    image.getRaster().setSample(5, 7, 0, Integer.parseInt(value));
    Path file = directory.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return source(file);
  }

  private static ImageSource source(Path file) {
    return new ImageSource(
        file.toString(),
        new Content.LocalFile(file),
        Label.NORMAL,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty());
  }
}

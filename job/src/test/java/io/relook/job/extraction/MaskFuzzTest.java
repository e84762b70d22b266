package io.relook.job.extraction;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.relook.learning.picture.Picture;
import io.relook.wire.MaskColor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A mask shows classes or is rejected with a sentence. To fuzz: {@code JAZZER_FUZZ=1 mvn -Dquick
 * -Djazzer.hooks=true -pl job test -Dtest=MaskFuzzTest}.
 */
class MaskFuzzTest {
  private static final int SIDE = 4;

  /** The pixels of a 4 × 4 mask, then a colour map: name and colour in turn, between zero bytes. */
  @FuzzTest(maxDuration = "1m")
  void mask(byte[] input) {
    byte[] pixels = Arrays.copyOf(input, 3 * SIDE * SIDE);
    String rest =
        new String(
            input,
            Math.min(input.length, pixels.length),
            Math.max(0, input.length - pixels.length),
            StandardCharsets.UTF_8);
    String[] parts = rest.split("\0", -1);
    List<MaskColor> colors = new ArrayList<>();
    for (int i = 0; i + 1 < parts.length; i += 2) {
      colors.add(new MaskColor(i, parts[i], parts[i + 1], null));
    }
    MaskReader.Result result = MaskReader.read(new Picture(SIDE, SIDE, pixels), colors);
    if (result instanceof MaskReader.Result.Shows shows) {
      assertThat(shows.classes()).isNotEmpty().hasSizeLessThanOrEqualTo(MaskReader.MAX_CLASSES);
    } else if (result instanceof MaskReader.Result.Rejected rejected) {
      assertThat(rejected.sentence()).endsWith(".").hasSizeLessThan(2000);
    }
  }
}

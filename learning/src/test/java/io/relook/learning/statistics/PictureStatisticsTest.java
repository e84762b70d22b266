package io.relook.learning.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.platform.Fp16Conversions;
import io.relook.learning.backbone.Tap;
import io.relook.learning.embedding.PatchEmbedding;
import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.features.FeatureGrid;
import io.relook.learning.features.Features;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class PictureStatisticsTest {

  private static final List<Tap> TAPS = List.of(new Tap("t1", 3, 8), new Tap("t2", 2, 16));
  private static final PatchSpace PLAIN =
      new PatchSpace("plain", PatchEmbedding.of(TAPS, 8, 8, 16), false);
  private static final PatchSpace WHITE =
      new PatchSpace("white", PatchEmbedding.of(TAPS, 8, 8, 16), true);
  private static final StatisticsExtractor EXTRACTOR =
      new StatisticsExtractor(TAPS, List.of(PLAIN, WHITE));

  @AfterAll
  static void close() {
    EXTRACTOR.close();
  }

  @Test
  void storedAndComputedStatisticsAreEqual() throws Exception {
    PictureStatistics made = EXTRACTOR.of(features(1));
    byte[] stored = made.toBytes();

    PictureStatistics read = EXTRACTOR.read(stored).orElseThrow();

    assertThat(read.toBytes()).isEqualTo(stored);
    assertThat(EXTRACTOR.of(features(1)).toBytes()).isEqualTo(stored);
    assertThat(bytes(EXTRACTOR.asSet(read))).isEqualTo(bytes(EXTRACTOR.asSet(made)));
    assertThat(read.pictureWidth()).isEqualTo(160);
  }

  @Test
  void damagedOrForeignBytesAreNotRead() {
    byte[] stored = EXTRACTOR.of(features(1)).toBytes();
    try (StatisticsExtractor other = new StatisticsExtractor(TAPS, List.of(PLAIN))) {
      assertThat(other.read(stored)).isEmpty();
    }
    for (int length = 0; length < stored.length; length += 97) {
      assertThat(EXTRACTOR.read(Arrays.copyOf(stored, length))).as("cut at " + length).isEmpty();
    }
    assertThat(EXTRACTOR.read(Arrays.copyOf(stored, stored.length + 1))).isEmpty();
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = stored.clone();
      damaged[random.nextInt(40)] ^= (byte) (1 << random.nextInt(8));
      // No exception, and no array of a size that a damaged length chose.
      assertThat(EXTRACTOR.read(damaged).map(s -> s.toBytes().length).orElse(stored.length))
          .isEqualTo(stored.length);
    }
  }

  @Test
  void patchesOfARemovedPictureAreRemoved() throws Exception {
    PictureSetStatistics first = EXTRACTOR.asSet(EXTRACTOR.of(features(1)));
    PictureSetStatistics second = EXTRACTOR.asSet(EXTRACTOR.of(features(2)));
    PictureSetStatistics both =
        PictureSetStatistics.joined(List.of(first.ownedBy(0), second.ownedBy(1))).thinned();

    PictureSetStatistics rest = both.renumbered(new int[] {-1, 0}).withoutSums(first);

    assertThat(rest.sample(WHITE).owners()).containsOnly(0);
    assertThat(bytes(rest)).isEqualTo(bytes(second.ownedBy(0)));
    assertThat(
            bytes(EXTRACTOR.readSet(new DataInputStream(new ByteArrayInputStream(bytes(both))), 2)))
        .isEqualTo(bytes(both));
  }

  private static byte[] bytes(PictureSetStatistics statistics) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    statistics.writeTo(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static Features features(long seed) {
    Random random = new Random(seed);
    return new Features(160, 160, List.of(grid("t1", 3, 20, random), grid("t2", 2, 10, random)));
  }

  private static FeatureGrid grid(String tap, int channels, int side, Random random) {
    short[] halves = new short[channels * side * side];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = Fp16Conversions.floatToFp16((float) random.nextGaussian());
    }
    return new FeatureGrid(tap, channels, side, side, halves);
  }
}

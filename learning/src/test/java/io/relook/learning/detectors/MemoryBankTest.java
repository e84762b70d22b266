package io.relook.learning.detectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.platform.Fp16Conversions;
import io.relook.learning.backbone.Tap;
import io.relook.learning.embedding.PatchEmbedding;
import io.relook.learning.embedding.PatchSpace;
import io.relook.learning.features.FeatureGrid;
import io.relook.learning.features.Features;
import io.relook.learning.statistics.PatchSample;
import io.relook.learning.statistics.PictureSetStatistics;
import io.relook.learning.statistics.StatisticsExtractor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryBankTest {

  private static final List<Tap> TAPS = List.of(new Tap("t1", 3, 8), new Tap("t2", 2, 16));
  private static final int SIDE = 20;

  @Test
  void scoresThePatchesThatAreFarthestFromEveryGoodPatch() {
    Features good = features(1, 0);
    Features query = features(2, 5);
    PatchSpace space = new PatchSpace("bank", PatchEmbedding.of(TAPS, 8, 8, 16), false);
    try (StatisticsExtractor statisticsExtractor = new StatisticsExtractor(TAPS, List.of(space))) {
      PictureSetStatistics statistics = statisticsExtractor.asSet(statisticsExtractor.of(good));
      PatchSample kept = statistics.sample(space);
      assertThat(kept.rows()).hasSize(200 * 5);
      FittedDetector bank = new MemoryBank(space).fit(new DetectorInput(statistics, List.of(), 1));

      try (DetectorScorer scorer = DetectorScorer.statistics(TAPS, List.of(bank), 18)) {
        double[] scores = scorer.score(query);
        // 400 cells: the highest hundredth are 4, the highest twentieth 20.
        assertThat(scores[0]).isCloseTo(meanOfHighest(query, kept.rows(), 4), within(1e-4));
        assertThat(scores[1]).isCloseTo(meanOfHighest(query, kept.rows(), 1), within(1e-4));
        assertThat(scores[2]).isCloseTo(meanOfHighest(query, kept.rows(), 20), within(1e-4));
        assertThat(scores[0]).isGreaterThan(scorer.score(good)[0] + 1);
      }
    }
  }

  @Test
  void aPictureWithinTheBankScoresNothing() {
    Features constant =
        new Features(160, 160, List.of(grid("t1", 3, SIDE, 7, 0), grid("t2", 2, SIDE / 2, 7, 0)));
    for (FeatureGrid grid : constant.taps()) {
      Arrays.fill(grid.halves(), Fp16Conversions.floatToFp16(1.5f));
    }
    for (boolean whitened : new boolean[] {false, true}) {
      PatchSpace space = new PatchSpace("bank", PatchEmbedding.of(TAPS, 8, 8, 16), whitened);
      try (StatisticsExtractor statisticsExtractor =
          new StatisticsExtractor(TAPS, List.of(space))) {
        FittedDetector bank =
            new MemoryBank(space)
                .fit(
                    new DetectorInput(
                        statisticsExtractor.asSet(statisticsExtractor.of(constant)), List.of(), 1));
        try (DetectorScorer scorer = DetectorScorer.statistics(TAPS, List.of(bank), 18)) {
          assertThat(scorer.score(constant)).containsOnly(0);
        }
      }
    }
  }

  /** The definition, in doubles: average, upsample, join, nearest row, mean of the highest. */
  private static double meanOfHighest(Features features, float[] rows, int highest) {
    double[][][] fine = averaged(features.tap("t1"));
    double[][][] coarse = averaged(features.tap("t2"));
    double[] distances = new double[SIDE * SIDE];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double[] patch = new double[5];
        for (int c = 0; c < 3; c++) {
          patch[c] = fine[c][y][x];
        }
        for (int c = 0; c < 2; c++) {
          patch[3 + c] = halfPixel(coarse[c], y, x);
        }
        double nearest = Double.POSITIVE_INFINITY;
        for (int r = 0; r < rows.length / 5; r++) {
          double d = 0;
          for (int c = 0; c < 5; c++) {
            d += (patch[c] - rows[5 * r + c]) * (patch[c] - rows[5 * r + c]);
          }
          nearest = Math.min(nearest, d);
        }
        distances[y * SIDE + x] = Math.sqrt(nearest);
      }
    }
    Arrays.sort(distances);
    return Arrays.stream(distances, distances.length - highest, distances.length)
        .average()
        .orElseThrow();
  }

  private static double[][][] averaged(FeatureGrid grid) {
    int side = grid.height();
    double[][][] means = new double[grid.channels()][side][side];
    for (int c = 0; c < grid.channels(); c++) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          double sum = 0;
          int cells = 0;
          for (int v = Math.max(0, y - 1); v <= Math.min(side - 1, y + 1); v++) {
            for (int u = Math.max(0, x - 1); u <= Math.min(side - 1, x + 1); u++) {
              sum += Fp16Conversions.fp16ToFloat(grid.halves()[(c * side + v) * side + u]);
              cells++;
            }
          }
          means[c][y][x] = sum / cells;
        }
      }
    }
    return means;
  }

  private static double halfPixel(double[][] map, int y, int x) {
    double v = Math.max(0, Math.min(map.length - 1, (y + 0.5) / 2 - 0.5));
    double u = Math.max(0, Math.min(map.length - 1, (x + 0.5) / 2 - 0.5));
    int v0 = (int) v;
    int u0 = (int) u;
    int v1 = Math.min(map.length - 1, v0 + 1);
    int u1 = Math.min(map.length - 1, u0 + 1);
    double top = map[v0][u0] + (u - u0) * (map[v0][u1] - map[v0][u0]);
    double bottom = map[v1][u0] + (u - u0) * (map[v1][u1] - map[v1][u0]);
    return top + (v - v0) * (bottom - top);
  }

  /** Random features; a block of them is lifted. */
  private static Features features(long seed, float lift) {
    return new Features(
        160, 160, List.of(grid("t1", 3, SIDE, seed, lift), grid("t2", 2, SIDE / 2, seed, 0)));
  }

  private static FeatureGrid grid(String tap, int channels, int side, long seed, float lift) {
    Random random = new Random(seed);
    short[] halves = new short[channels * side * side];
    for (int i = 0; i < halves.length; i++) {
      boolean inside = i / side % side > 10 && i % side > 12;
      halves[i] = Fp16Conversions.floatToFp16((float) random.nextGaussian() + (inside ? lift : 0));
    }
    return new FeatureGrid(tap, channels, side, side, halves);
  }
}

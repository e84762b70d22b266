package io.relook.learning.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GreedyKCentreTest {

  @Test
  void picksTheFarthestPointEachTime() {
    float[] line = {0, 1, 2, 10, 20, 21};

    assertThat(GreedyKCentre.pick(line, 6, 1, 3, 0)).containsExactly(0, 5, 3);
  }

  @Test
  void picksAsTheDefinitionSaysOnRandomPoints() {
    Random random = new Random(5);
    int count = 3000;
    int length = 7;
    float[] points = new float[count * length];
    for (int i = 0; i < points.length; i++) {
      points[i] = (float) random.nextGaussian();
    }

    int[] picks = GreedyKCentre.pick(points, count, length, 40, 17);

    double[] nearest = new double[count];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    for (int n = 0; n + 1 < picks.length; n++) {
      double farthest = 0;
      for (int i = 0; i < count; i++) {
        double d = 0;
        for (int c = 0; c < length; c++) {
          double difference = points[i * length + c] - points[picks[n] * length + c];
          d += difference * difference;
        }
        nearest[i] = Math.min(nearest[i], d);
        farthest = Math.max(farthest, nearest[i]);
      }
      assertThat(nearest[picks[n + 1]]).isGreaterThan(farthest * (1 - 1e-5));
    }
  }

  @Test
  void stopsWhenAllOthersAreCopies() {
    float[] points = {1, 1, 2, 2, 1, 1, 2, 2};

    assertThat(GreedyKCentre.pick(points, 4, 2, 4, 0)).containsExactly(0, 1);
    assertThat(GreedyKCentre.pick(new float[10], 5, 2, 3, 4)).containsExactly(4);
  }
}

package io.relook.learning.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutOfFoldStatisticsTest {

  @Test
  void correctsTheBiasOfSmallerTrainingSets() {
    // Distances fall as the sixth root of the number of pictures: 40 in all, folds of 8.
    List<double[]> withoutOne = new ArrayList<>();
    List<double[]> withoutTwo = new ArrayList<>();
    double[] shipped = new double[40];
    for (int i = 0; i < 40; i++) {
      double size = 3 + i / 10.0;
      withoutOne.add(new double[] {size * Math.pow(32, -1 / 6.0)});
      withoutTwo.add(new double[] {size * Math.pow(24, -1 / 6.0)});
      shipped[i] = size * Math.pow(40, -1 / 6.0);
    }

    OutOfFoldStatistics corrected =
        new OutOfFoldStatistics(withoutOne, List.of(), List.of(), List.of())
            .corrected(withoutTwo, 5);

    for (int i = 0; i < 40; i++) {
      assertThat(corrected.good().get(i)[0]).isCloseTo(shipped[i], within(1e-6));
      assertThat(withoutOne.get(i)[0]).isGreaterThan(shipped[i] * 1.03);
    }
  }
}

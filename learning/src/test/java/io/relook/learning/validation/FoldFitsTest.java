package io.relook.learning.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.learning.linalg.ScatterMatrix;
import io.relook.learning.statistics.PictureSetStatistics;
import io.relook.learning.statistics.PooledSums;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FoldFitsTest {

  @Test
  void eachHeldOutFoldNeedsOneFitAndWithCorrectionAnotherOne() {
    FoldFits fits = fits(5);

    assertThat(fits.needed(Set.of(4, 1), false))
        .containsExactly(FoldFit.SHIPPED, new FoldFit(Set.of(1)), new FoldFit(Set.of(4)));
    assertThat(fits.needed(Set.of(4), true))
        .containsExactly(FoldFit.SHIPPED, new FoldFit(Set.of(4)), new FoldFit(Set.of(4, 0)));
  }

  @Test
  void aSingleFoldIsScoredByTheShippedDetectors() {
    assertThat(fits(1).needed(Set.of(0), false)).containsExactly(FoldFit.SHIPPED);
  }

  private static FoldFits fits(int folds) {
    PictureSetStatistics fold =
        new PictureSetStatistics(
            Map.of(),
            new PooledSums(ScatterMatrix.of(1, new float[1], new float[1]), new long[1], 0));
    return new FoldFits(List.of(), Collections.nCopies(folds, fold), List.of(), List.of(), 1);
  }
}

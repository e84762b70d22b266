package io.relook.job.publication;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.domain.TrainingResult.TestScore;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParityTest {

  @Test
  void triesImagesSpreadOverAllFirst() {
    List<TestScore> candidates = Parity.candidates(scores(800));

    assertThat(candidates.subList(0, Parity.SAMPLE))
        .extracting(TestScore::sourceRef)
        .containsExactly("0", "100", "200", "300", "400", "500", "600", "700");
    assertThat(candidates).hasSize(64).doesNotHaveDuplicates();
  }

  @Test
  void triesAllOfAFew() {
    assertThat(Parity.candidates(scores(5))).containsExactlyElementsOf(scores(5));
    assertThat(Parity.candidates(scores(20))).containsExactlyInAnyOrderElementsOf(scores(20));
    assertThat(Parity.candidates(List.of())).isEmpty();
  }

  @Test
  void toleratesOneInTenThousand() {
    TestScore reported = new TestScore("a", 0.5);

    assertThat(Parity.violation(reported, 0.500049)).isEmpty();
    assertThat(Parity.violation(reported, 0.500051)).isPresent();
    assertThat(Parity.violation(reported, Double.NaN)).isPresent();
  }

  private static List<TestScore> scores(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new TestScore(Integer.toString(i), 0.5))
        .toList();
  }
}

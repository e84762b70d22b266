package io.relook.learning.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoldsTest {

  @Test
  void foldsOfADataSetAreAboutEqual() {
    Folds few = Folds.of(digests(60), 3);
    Folds many = Folds.of(digests(1000), 3);

    assertThat(few.count()).isEqualTo(5);
    assertThat(many.count()).isEqualTo(5);
    for (int fold = 0; fold < 5; fold++) {
      assertThat(size(few, 60, fold)).isEqualTo(12);
      assertThat(size(many, 1000, fold)).isBetween(130L, 250L);
    }
  }

  @Test
  void aDataSetThatGrowsKeepsItsFolds() {
    List<String> pictures = digests(1050);

    Folds before = Folds.of(pictures.subList(0, 1000), 3);
    Folds after = Folds.of(pictures, 3);

    assertThat(IntStream.range(0, 1000)).allMatch(i -> after.foldOf(i) == before.foldOf(i));
    Folds few = Folds.of(pictures.subList(0, 40), 3);
    Folds fewMore = Folds.of(pictures.subList(0, 42), 3);
    assertThat(IntStream.range(0, 40).filter(i -> few.foldOf(i) != fewMore.foldOf(i)).count())
        .isLessThanOrEqualTo(8);
    // Not by name: names that count up would fill one fold after the other.
    assertThat(IntStream.range(0, 40).mapToObj(few::foldOf).distinct().count()).isEqualTo(5);
  }

  @Test
  void fewPicturesGetMoreFolds() {
    assertThat(Folds.of(digests(12), 1).count()).isEqualTo(10);
    assertThat(Folds.of(digests(3), 1).count()).isEqualTo(3);
    assertThat(Folds.of(digests(1), 1).count()).isEqualTo(1);
  }

  private static List<String> digests(int count) {
    return IntStream.range(0, count).mapToObj(i -> "digest-" + i).toList();
  }

  private static long size(Folds folds, int pictures, int fold) {
    return IntStream.range(0, pictures).filter(i -> folds.foldOf(i) == fold).count();
  }
}

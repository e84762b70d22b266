package io.relook.learning.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoldsTest {

  @Test
  void picturesOfEqualBytesShareAFold() {
    List<LabelledFeatures> pictures = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      pictures.add(picture("digest-" + i % 30));
    }

    Folds folds = Folds.of(pictures, 3);

    assertThat(folds.count()).isEqualTo(5);
    for (int i = 0; i < 30; i++) {
      assertThat(folds.foldOf(i)).isEqualTo(folds.foldOf(i + 30));
    }
    for (int fold = 0; fold < 5; fold++) {
      assertThat(folds.without(IntStream.range(0, 60).boxed().toList(), fold)).hasSize(48);
    }
  }

  @Test
  void aDataSetThatGrowsKeepsItsFolds() {
    List<LabelledFeatures> pictures =
        IntStream.range(0, 1050).mapToObj(i -> picture("digest-" + i)).toList();

    Folds before = Folds.of(pictures.subList(0, 1000), 3);
    Folds after = Folds.of(pictures, 3);

    assertThat(IntStream.range(0, 1000)).allMatch(i -> after.foldOf(i) == before.foldOf(i));
    for (int fold = 0; fold < 5; fold++) {
      assertThat(after.without(pictures, fold)).hasSizeBetween(780, 900);
    }
    Folds few = Folds.of(pictures.subList(0, 40), 3);
    Folds fewMore = Folds.of(pictures.subList(0, 42), 3);
    assertThat(IntStream.range(0, 40).filter(i -> few.foldOf(i) != fewMore.foldOf(i)).count())
        .isLessThanOrEqualTo(8);
    // Not by name: names that count up would fill one fold after the other.
    assertThat(IntStream.range(0, 40).mapToObj(few::foldOf).distinct().count()).isEqualTo(5);
  }

  @Test
  void fewPicturesGetMoreFoldsAndCopiesOfOneGetOne() {
    assertThat(Folds.of(IntStream.range(0, 12).mapToObj(i -> picture("d" + i)).toList(), 1).count())
        .isEqualTo(10);
    assertThat(Folds.of(IntStream.range(0, 3).mapToObj(i -> picture("d" + i)).toList(), 1).count())
        .isEqualTo(3);
    Folds copies = Folds.of(List.of(picture("same"), picture("same")), 1);
    assertThat(copies.count()).isEqualTo(1);
    assertThat(copies.without(List.of("a", "b"), 0)).containsExactly("a", "b");
  }

  private static LabelledFeatures picture(String digest) {
    return new LabelledFeatures(
        "id",
        false,
        Optional.empty(),
        digest,
        () -> {
          throw new IOException("not loaded here");
        });
  }
}

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

package io.relook.learning.incremental;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.learning.data.LabelledFeatures;
import io.relook.learning.data.TrainingImpossibleException;
import io.relook.learning.data.TrainingSet;
import io.relook.learning.incremental.TrainingState.Scored;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScoringPlanTest {

  @Test
  void withoutAParentAllPicturesAreScoredUpToALimit() throws Exception {
    ScoringPlan plan = ScoringPlan.of(set(1200, 12), Optional.empty());

    assertThat(plan.good()).hasSize(1000).isSorted();
    assertThat(plan.goodToScore()).containsExactlyElementsOf(plan.good());
    assertThat(plan.anomalousToScore()).hasSize(12);
    assertThat(plan.corrected()).isFalse();
    assertThat(ScoringPlan.of(set(60, 12), Optional.empty()).corrected()).isTrue();
  }

  @Test
  void onTopOfAParentNewPicturesAndTheOldestScoresAreScored() throws Exception {
    TrainingSet set = set(300, 12);
    Map<String, Scored> earlier = new TreeMap<>();
    // The first 20 are new; scores of the next 100 are the oldest.
    for (int i = 20; i < 300; i++) {
      earlier.put(set.good().get(i).contentDigest(), new Scored(i < 120 ? 1 : 2, new double[0]));
    }

    ScoringPlan plan = ScoringPlan.of(set, Optional.of(state(earlier)));

    assertThat(plan.good()).hasSize(300);
    assertThat(plan.goodToScore())
        .hasSize(ScoringPlan.MIN_SCORED)
        .containsAll(IntStream.range(0, 20).boxed().toList())
        .allMatch(i -> i < 120);
    assertThat(plan.heldOutFolds(set)).hasSize(5);
  }

  @Test
  void allNewPicturesAreScored() throws Exception {
    TrainingSet set = set(300, 0);
    Map<String, Scored> earlier =
        Map.of(set.good().get(299).contentDigest(), new Scored(1, new double[0]));

    assertThat(ScoringPlan.of(set, Optional.of(state(earlier))).goodToScore())
        .hasSize(299)
        .doesNotContain(299);
  }

  private static TrainingState state(Map<String, Scored> good) {
    return new TrainingState("", new SinceRefit(2, 280, 0), 96, 96, List.of(), good, Map.of());
  }

  private static TrainingSet set(int good, int anomalous) throws TrainingImpossibleException {
    return TrainingSet.of(
        Stream.concat(pictures(good, false), pictures(anomalous, true))
            .collect(Collectors.toList()),
        7);
  }

  private static Stream<LabelledFeatures> pictures(int count, boolean anomalous) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              String name = "%s-%04d".formatted(anomalous ? "bad" : "good", i);
              return new LabelledFeatures(
                  name,
                  anomalous,
                  Optional.empty(),
                  name,
                  () -> {
                    throw new AssertionError("loaded");
                  });
            });
  }
}

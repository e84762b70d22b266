package io.relook.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultScriptTest {
  private static final int ROUND = 39;

  @Test
  void theSeedDecidesTheScript() {
    assertThat(steps(1, 100)).isEqualTo(steps(1, 100));
    assertThat(steps(1, 100)).isNotEqualTo(steps(2, 100));
  }

  @Test
  void everyRoundHasEveryKind() {
    for (long seed = 0; seed < 20; seed++) {
      List<FaultScript.Step> steps = steps(seed, 2 * ROUND);
      for (List<FaultScript.Step> round :
          List.of(steps.subList(0, ROUND), steps.subList(ROUND, 2 * ROUND))) {
        for (FaultKind kind : FaultKind.values()) {
          assertThat(round.stream().filter(step -> step.kind() == kind))
              .as("%s in a round", kind)
              .hasSize(kind.timesInARound());
        }
      }
    }
  }

  @Test
  void whatIsTimedIsNotDisturbed() {
    assertThat(steps(3, 200))
        .filteredOn(step -> step.kind().timed())
        .isNotEmpty()
        .allMatch(FaultScript.Step::awaitRecovery);
  }

  private static List<FaultScript.Step> steps(long seed, int count) {
    FaultScript script = new FaultScript(seed);
    return Stream.generate(script::next).limit(count).toList();
  }
}

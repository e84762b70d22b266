package io.relook.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluatorTest {

  private static final double EXACT = 1e-12;

  @Test
  void agreesWithScikitLearnOnScoresWithTies() {
    // sklearn 1.5.1: roc_auc_score, average_precision_score, precision_recall_fscore_support at >=
    // 0.5
    Evaluation e =
        Evaluator.evaluate(
            scores("nannaannan", 0.1, 0.4, 0.4, 0.35, 0.8, 0.7, 0.7, 0.2, 0.9, 0.5), 0.5);

    assertThat(e.rocAuc()).isCloseTo(0.875, within(EXACT));
    assertThat(e.averagePrecision()).isCloseTo(0.8303571428571428, within(EXACT));
    assertThat(e.precision()).isCloseTo(3 / 5.0, within(EXACT));
    assertThat(e.recall()).isCloseTo(3 / 4.0, within(EXACT));
    assertThat(e.f1()).isCloseTo(2 / 3.0, within(EXACT));
    assertThat(
            List.of(e.truePositives(), e.falsePositives(), e.trueNegatives(), e.falseNegatives()))
        .containsExactly(3, 2, 4, 1);
  }

  @Test
  void countsEqualScoresOfBothClassesAsHalfWon() {
    assertThat(Evaluator.evaluate(scores("nana", 0.3, 0.3, 0.3, 0.3), 0.5).rocAuc())
        .isCloseTo(0.5, within(EXACT));
  }

  @Test
  void doesNotDependOnTheOrderOfThePictures() {
    List<ImageScore> scores = scores("nanaan", 0.5, 0.5, 0.1, 0.9, 0.1, 0.7);
    List<ImageScore> reversed = new ArrayList<>(scores);
    Collections.reverse(reversed);

    assertThat(Evaluator.evaluate(reversed, 0.5)).isEqualTo(Evaluator.evaluate(scores, 0.5));
  }

  @Test
  void alarmsAtTheThresholdItself() {
    assertThat(Evaluator.evaluate(scores("a", 0.5), 0.5).truePositives()).isEqualTo(1);
  }

  @Test
  void answersZeroWhereANumberWouldDivideByZero() {
    Evaluation silent = Evaluator.evaluate(scores("na", 0.1, 0.2), 0.5);
    assertThat(silent.precision()).isZero();
    assertThat(silent.f1()).isZero();
    Evaluation onlyGood = Evaluator.evaluate(scores("nn", 0.1, 0.7), 0.5);
    assertThat(onlyGood.recall()).isZero();
    assertThat(onlyGood.rocAuc()).isZero();
    assertThat(onlyGood.averagePrecision()).isZero();
    Evaluation nothing = Evaluator.evaluate(List.of(), 0.5);
    assertThat(nothing.f1()).isZero();
    assertThat(nothing.rocAuc()).isZero();
  }

  @Test
  void rejectsScoresThatAreNotNumbers() {
    assertThatThrownBy(() -> Evaluator.evaluate(scores("a", Double.NaN), 0.5))
        .hasMessage("The score of 0 is not a number.");
  }

  /** One picture per letter: n normal, a anomalous. */
  private static List<ImageScore> scores(String labels, double... values) {
    List<ImageScore> scores = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      scores.add(new ImageScore(Integer.toString(i), labels.charAt(i) == 'a', values[i]));
    }
    return scores;
  }
}

package io.relook.learning.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import io.relook.learning.onnx.OnnxGraph;
import io.relook.learning.onnx.OnnxSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StackTest {

  @Test
  void weighsWhatSeparatesTheClassesAndNothingNegatively() {
    Random random = new Random(4);
    List<double[]> good = new ArrayList<>();
    List<double[]> anomalous = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      // Column 0 separates, column 1 is noise, column 2 is lower for anomalies.
      good.add(row(random, 10, 5, 8));
      anomalous.add(row(random, 14, 5, 4));
    }
    boolean[] unsupervised = {true, true, true};
    Stack mean = Stack.mean(new int[] {0, 1, 2}, unsupervised, good, 0);

    Stack stack = mean.fitted(good, anomalous, 0.001);

    for (double weight : stack.weights()) {
      assertThat(weight).isNotNegative();
    }
    assertThat(stack.weights()[0]).isGreaterThan(5 * stack.weights()[1]);
    assertThat(stack.weights()[2]).isZero();
    assertThat(mean.fitted(good, anomalous, 1e6).weights())
        .containsExactly(mean.weights(), within(1e-3));
  }

  @Test
  void theNodesGiveWhatTheFormulaGives() {
    Random random = new Random(9);
    List<double[]> good = new ArrayList<>();
    List<double[]> anomalous = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      good.add(row(random, 10, 5, 8, 1));
      anomalous.add(row(random, 14, 5, 4, 2));
    }
    Stack mean = Stack.mean(new int[] {0, 1, 3}, new boolean[] {true, false, true, true}, good, 0);
    for (Stack stack : List.of(mean, mean.asMaximum(), mean.fitted(good, anomalous, 0.02))) {
      OnnxGraph graph = new OnnxGraph("stack", 18);
      List<String> inputs = new ArrayList<>();
      for (int column : stack.columns()) {
        inputs.add(graph.input("x" + column, OnnxGraph.Type.FLOAT, "1"));
      }
      graph.output("score", stack.renumbered().addTo(graph, inputs), OnnxGraph.Type.FLOAT, "1");
      try (OnnxSession session = new OnnxSession(graph.toBytes(Map.of()), 1)) {
        for (double[] row : List.of(good.get(0), anomalous.get(0))) {
          Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
          for (int column : stack.columns()) {
            tensors.put("x" + column, session.floats(new float[] {(float) row[column]}, 1));
          }
          float score =
              session.run(
                  tensors,
                  Set.of("score"),
                  outputs -> Objects.requireNonNull(outputs.get("score")).getFloatBuffer().get(0));
          tensors.values().forEach(OnnxTensor::close);
          assertThat((double) score).isCloseTo(stack.score(row), within(1e-4));
        }
      }
    }
    double[] row = good.get(0);
    assertThat(mean.asMaximum().score(row))
        .as("the second statistic has no weight")
        .isEqualTo(mean.asMaximum().score(new double[] {row[0], 1e9, row[2], row[3]}));
  }

  @Test
  void constantStatisticsGiveFiniteScores() {
    List<double[]> same = List.of(new double[2], new double[2]);
    Stack stack = Stack.mean(new int[] {0, 1}, new boolean[] {true, true}, same, 0);
    assertThat(stack.fitted(same, same, 0.02).score(new double[] {1, 0})).isFinite();
  }

  private static double[] row(Random random, double... means) {
    double[] row = new double[means.length];
    for (int c = 0; c < row.length; c++) {
      row[c] = means[c] + random.nextGaussian();
    }
    return row;
  }
}

package io.relook.learning.decision;

import io.relook.learning.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Several statistics as one, of z = (x − centre) / scale. Without labels the worst of them: a
 * defect need be seen by one head only (Tippett 1931, the smallest of several p-values). With
 * labels Σ w z + bias, every w at least 0, so that a higher statistic never makes a picture less
 * anomalous and knowing some defects hides no other.
 *
 * <p>Fitted by minimising the logistic loss, both classes weighing the same, plus λ/2 |w − w₀|²
 * with w₀ the plain mean of novelty statistics (Newton's method coordinate by coordinate, projected
 * on w ≥ 0). Cost: sweeps · pictures · statistics.
 *
 * @param columns which statistics, as indices
 * @param centres means of good pictures, [columns]
 * @param scales standard deviations of good pictures, above 0, [columns]
 * @param weights [columns]
 * @param worst whether the score is the highest z of those with a weight
 */
@SuppressWarnings("ArrayRecordComponent") // a few numbers; stacks are not compared
public record Stack(
    int[] columns,
    double[] centres,
    double[] scales,
    double[] weights,
    double bias,
    boolean worst) {

  private static final int SWEEPS = 60;

  /** Far statistics weigh no more than this many standard deviations while fitting. */
  private static final double FAR = 30;

  /** A few close scores must not make the rest look far out. */
  private static final double LEAST_RELATIVE_SCALE = 0.05;

  private static final double LEAST_SCALE = 1e-3;

  /**
   * The plain mean.
   *
   * @param novelty of every statistic, whether it takes part in the mean
   * @param relativeScale standard deviations are at least this part of the mean
   */
  public static Stack mean(
      int[] columns, boolean[] novelty, List<double[]> good, double relativeScale) {
    int m = columns.length;
    double[] centres = new double[m];
    double[] scales = new double[m];
    double[] weights = new double[m];
    int taking = 0;
    for (int column : columns) {
      taking += novelty[column] ? 1 : 0;
    }
    for (int j = 0; j < m; j++) {
      double sum = 0;
      for (double[] row : good) {
        sum += row[columns[j]];
      }
      centres[j] = sum / good.size();
      double squares = 0;
      for (double[] row : good) {
        squares += (row[columns[j]] - centres[j]) * (row[columns[j]] - centres[j]);
      }
      scales[j] =
          Math.max(
              Math.sqrt(squares / good.size()),
              Math.max(
                  Math.max(relativeScale, LEAST_RELATIVE_SCALE) * Math.abs(centres[j]),
                  LEAST_SCALE));
      weights[j] = novelty[columns[j]] ? 1.0 / taking : 0;
    }
    return new Stack(columns, centres, scales, weights, 0, false);
  }

  /** The highest of the statistics that take part in this mean. */
  public Stack asWorst() {
    return new Stack(columns, centres, scales, weights, 0, true);
  }

  /** The same of statistics that are numbered by their place among these columns. */
  public Stack renumbered() {
    int[] places = IntStream.range(0, columns.length).toArray();
    return new Stack(places, centres, scales, weights, bias, worst);
  }

  /** This stack with weights fitted to labels. */
  public Stack fitted(List<double[]> good, List<double[]> anomalous, double regularisation) {
    int m = columns.length;
    int n = good.size() + anomalous.size();
    double[][] z = new double[m][n];
    double[] label = new double[n];
    double[] share = new double[n];
    for (int i = 0; i < n; i++) {
      boolean bad = i >= good.size();
      double[] row = bad ? anomalous.get(i - good.size()) : good.get(i);
      label[i] = bad ? 1 : -1;
      share[i] = 0.5 / (bad ? anomalous.size() : good.size());
      for (int j = 0; j < m; j++) {
        z[j][i] = Math.max(-FAR, Math.min(FAR, (row[columns[j]] - centres[j]) / scales[j]));
      }
    }
    double[] w = weights.clone();
    double b = bias;
    double[] f = new double[n];
    for (int i = 0; i < n; i++) {
      f[i] = b;
      for (int j = 0; j < m; j++) {
        f[i] += w[j] * z[j][i];
      }
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      double moved = 0;
      for (int j = -1; j < m; j++) {
        double gradient = j < 0 ? 0 : regularisation * (w[j] - weights[j]);
        double curvature = j < 0 ? 1e-6 : regularisation;
        for (int i = 0; i < n; i++) {
          double x = j < 0 ? 1 : z[j][i];
          double p = 1 / (1 + Math.exp(label[i] * f[i]));
          gradient -= share[i] * label[i] * p * x;
          // A bound of the curvature around here: plain Newton steps overshoot where p is tiny.
          curvature += share[i] * Math.max(p * (1 - p), 0.02) * x * x;
        }
        double step = Math.max(-1, Math.min(1, -gradient / curvature));
        if (j >= 0) {
          step = Math.max(step, -w[j]);
          w[j] += step;
        } else {
          b += step;
        }
        for (int i = 0; i < n; i++) {
          f[i] += step * (j < 0 ? 1 : z[j][i]);
        }
        moved = Math.max(moved, Math.abs(step));
      }
      if (moved < 1e-5) {
        break;
      }
    }
    return new Stack(columns, centres, scales, w, b, false);
  }

  public double score(double[] statistics) {
    if (worst) {
      return IntStream.of(taking())
          .mapToDouble(j -> (statistics[columns[j]] - centres[j]) / scales[j])
          .max()
          .orElse(0);
    }
    double score = bias;
    for (int j = 0; j < columns.length; j++) {
      score += weights[j] * (statistics[columns[j]] - centres[j]) / scales[j];
    }
    return score;
  }

  private int[] taking() {
    return IntStream.range(0, columns.length).filter(j -> weights[j] > 0).toArray();
  }

  /**
   * Adds nodes; the value is float [1].
   *
   * @param statistics one value per column, in the columns' order
   */
  String addTo(OnnxGraph graph, List<String> statistics) {
    int m = columns.length;
    float[] centre = new float[m];
    float[] factor = new float[m];
    for (int j = 0; j < m; j++) {
      centre[j] = (float) centres[j];
      factor[j] = (float) ((worst ? 1 : weights[j]) / scales[j]);
    }
    String all = graph.node("Concat", Map.of("axis", 0L), statistics.toArray(String[]::new));
    String weighted =
        graph.node(
            "Mul",
            graph.node("Sub", all, graph.floats("centres", centre, m)),
            graph.floats("weights", factor, m));
    if (worst) {
      long[] taking = IntStream.of(taking()).asLongStream().toArray();
      String compared =
          graph.node("Gather", Map.of("axis", 0L), weighted, graph.integers("taking", taking));
      return graph.node("ReduceMax", Map.of("keepdims", 1L), compared);
    }
    return graph.node(
        "Add",
        graph.node("ReduceSum", Map.of("keepdims", 1L), weighted),
        graph.scalar("bias", (float) bias));
  }
}

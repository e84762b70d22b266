package io.relook.learning.decision;

import io.relook.learning.onnx.OnnxGraph;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Combines several detector statistics into one raw score, from z = (x − centre) / scale.
 *
 * <p>Without labels it is the maximum of the z: one detector that sees a defect is enough (Tippett,
 * "The Methods of Statistics", 1931: the smallest of several p-values). With labels it is Σ w z +
 * bias. Every w is at least 0, so a higher statistic never makes a picture less anomalous, and
 * labels of known defects cannot hide unknown ones.
 *
 * <p>Weights minimise the logistic loss, with equal total weight of both classes, plus λ/2 |w −
 * w₀|², where w₀ is the plain mean of the unsupervised scores. The method is Newton's, coordinate
 * by coordinate, projected on w ≥ 0. Cost: sweeps · pictures · statistics.
 *
 * @param columns indices of the combined statistics, [m]
 * @param centres means of good pictures, [m]
 * @param scales standard deviations of good pictures, above 0, [m]
 * @param weights [m]
 * @param bias of the weighted sum
 * @param aggregation how the z become one score
 */
@SuppressWarnings("ArrayRecordComponent") // a few numbers; stacks are not compared
public record Stack(
    int[] columns,
    double[] centres,
    double[] scales,
    double[] weights,
    double bias,
    Aggregation aggregation) {

  /** How standardised statistics become one score. */
  public enum Aggregation {
    /** Σ w z + bias. */
    WEIGHTED_SUM,
    /** The highest z among the statistics with a weight. */
    MAXIMUM
  }

  private static final int SWEEPS = 60;

  /** While fitting, z is clipped to this many standard deviations. */
  private static final double MAX_Z = 30;

  /** Standard deviations are at least this part of the mean: few scores may lie close by chance. */
  private static final double MIN_RELATIVE_SCALE = 0.05;

  private static final double MIN_SCALE = 1e-3;

  /**
   * The plain mean of the unsupervised scores among the columns.
   *
   * @param columns indices of the statistics to combine; those that are not unsupervised scores get
   *     the weight 0
   * @param unsupervised of every statistic, whether it is an unsupervised score
   * @param good statistics of good pictures, which give centres and scales; at least one
   * @param relativeScale standard deviations are at least this part of the mean
   */
  public static Stack mean(
      int[] columns, boolean[] unsupervised, List<double[]> good, double relativeScale) {
    int m = columns.length;
    double[] centres = new double[m];
    double[] scales = new double[m];
    double[] weights = new double[m];
    int averaged = 0;
    for (int column : columns) {
      averaged += unsupervised[column] ? 1 : 0;
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
                  Math.max(relativeScale, MIN_RELATIVE_SCALE) * Math.abs(centres[j]), MIN_SCALE));
      weights[j] = unsupervised[columns[j]] ? 1.0 / averaged : 0;
    }
    return new Stack(columns, centres, scales, weights, 0, Aggregation.WEIGHTED_SUM);
  }

  /** The maximum of the statistics that have a weight in this stack. */
  public Stack asMaximum() {
    return new Stack(columns, centres, scales, weights, 0, Aggregation.MAXIMUM);
  }

  /** The same stack, with columns numbered 0 to m − 1: only these statistics are exported. */
  public Stack renumbered() {
    int[] places = IntStream.range(0, columns.length).toArray();
    return new Stack(places, centres, scales, weights, bias, aggregation);
  }

  /**
   * This stack with weights fitted to labels.
   *
   * @param good statistics of good pictures
   * @param anomalous statistics of anomalous pictures
   * @param regularisation λ
   */
  public Stack fitted(List<double[]> good, List<double[]> anomalous, double regularisation) {
    int m = columns.length;
    int n = good.size() + anomalous.size();
    double[][] z = new double[m][n];
    double[] label = new double[n];
    double[] share = new double[n];
    for (int i = 0; i < n; i++) {
      boolean isAnomalous = i >= good.size();
      double[] row = isAnomalous ? anomalous.get(i - good.size()) : good.get(i);
      label[i] = isAnomalous ? 1 : -1;
      share[i] = 0.5 / (isAnomalous ? anomalous.size() : good.size());
      for (int j = 0; j < m; j++) {
        z[j][i] = Math.max(-MAX_Z, Math.min(MAX_Z, (row[columns[j]] - centres[j]) / scales[j]));
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
          // A lower bound of the curvature: plain Newton steps overshoot where p is tiny.
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
    return new Stack(columns, centres, scales, w, b, Aggregation.WEIGHTED_SUM);
  }

  /** The raw score of a picture with these statistics, which are indexed as the columns are. */
  public double score(double[] statistics) {
    if (aggregation == Aggregation.MAXIMUM) {
      return IntStream.of(weighted())
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

  /** Places of the columns that have a weight. */
  private int[] weighted() {
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
      factor[j] = (float) ((aggregation == Aggregation.MAXIMUM ? 1 : weights[j]) / scales[j]);
    }
    String all = graph.node("Concat", Map.of("axis", 0L), statistics.toArray(String[]::new));
    String weighted =
        graph.node(
            "Mul",
            graph.node("Sub", all, graph.floats("centres", centre, m)),
            graph.floats("weights", factor, m));
    if (aggregation == Aggregation.MAXIMUM) {
      long[] taking = IntStream.of(weighted()).asLongStream().toArray();
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

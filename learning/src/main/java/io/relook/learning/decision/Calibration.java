package io.relook.learning.decision;

import io.relook.learning.onnx.OnnxGraph;
import java.util.Map;

/**
 * Maps raw scores strictly into (0, 1): the threshold becomes 0.5, and the distance between it and
 * a typical good picture becomes the unit.
 *
 * <p>score = σ(z), z = x / (1 + |x| / 10), x = 3 (raw − threshold) / unit. Bending x first keeps z
 * within ±10, where the logistic function of a float is neither 0 nor 1, and extreme scores still
 * differ.
 *
 * @param threshold raw score from which a picture is anomalous
 * @param unit raw distance of a typical good picture below the threshold, above 0
 */
public record Calibration(float threshold, float unit) {

  /** Where every calibration puts its threshold. */
  public static final float CALIBRATED_THRESHOLD = 0.5f;

  private static final float BEND = 10f;
  private static final float STEEPNESS = 3f;

  public Calibration {
    if (!(unit > 0) || !Float.isFinite(unit) || !Float.isFinite(threshold)) {
      throw new IllegalArgumentException(
          "A calibration with threshold %s and unit %s is impossible: both must be finite numbers, and the unit above 0."
              .formatted(threshold, unit));
    }
  }

  /**
   * The calibration of a raw threshold.
   *
   * @param typical raw score of a typical good picture
   * @param minUnit the unit is at least this, where a typical picture is close to the threshold
   */
  public static Calibration of(double threshold, double typical, double minUnit) {
    return new Calibration((float) threshold, (float) Math.max(threshold - typical, minUnit));
  }

  /** Adds nodes that map a float value of any shape, element by element. */
  String addTo(OnnxGraph graph, String raw) {
    String below = graph.node("Sub", raw, graph.scalar("raw_threshold", threshold));
    String x = graph.node("Mul", below, graph.scalar("steepness", STEEPNESS / unit));
    String bend =
        graph.node(
            "Add",
            graph.node("Mul", graph.node("Abs", x), graph.scalar("bend", 1 / BEND)),
            graph.scalar("one", 1f));
    return graph.node("Sigmoid", Map.of(), graph.node("Div", x, bend));
  }
}

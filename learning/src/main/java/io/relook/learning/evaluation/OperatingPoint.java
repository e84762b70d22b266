package io.relook.learning.evaluation;

/**
 * The effect of a threshold: every picture scored at or above it is an alarm. Where a number would
 * divide by zero it is 0, as in {@link Evaluation}.
 *
 * @param threshold a score
 * @param truePositives anomalies at or above it, weighted where weights were given
 * @param falsePositives good pictures at or above it, weighted where weights were given
 * @param precision right alarms ÷ alarms
 * @param recall right alarms ÷ anomalies
 * @param f1 harmonic mean of precision and recall
 */
public record OperatingPoint(
    double threshold,
    double truePositives,
    double falsePositives,
    double precision,
    double recall,
    double f1) {}

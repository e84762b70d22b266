package io.relook.learning.decision;

import java.io.Serializable;
import java.util.Locale;

/** What a threshold is chosen for. */
public sealed interface ThresholdGoal extends Serializable {

  /** The best F1 at the training pictures' class balance. */
  record BestF1() implements ThresholdGoal {
    @Override
    public String toString() {
      return "best-f1";
    }
  }

  /**
   * The best F1 where anomalies are more or less frequent than among the training pictures. On a
   * production line most parts are good, while training sets collect defects.
   *
   * @param prevalence expected share of anomalous pictures, above 0 and below 1
   */
  record BestF1AtPrevalence(double prevalence) implements ThresholdGoal {
    public BestF1AtPrevalence {
      if (!(prevalence > 0 && prevalence < 1)) {
        throw new IllegalArgumentException(
            "A prevalence is a number above 0 and below 1, not " + prevalence + ".");
      }
    }

    @Override
    public String toString() {
      return "best-f1=" + prevalence;
    }
  }

  /**
   * The lowest threshold with at most this share of good pictures at or above it.
   *
   * @param rate 0 to 1
   */
  record MaxFalsePositiveRate(double rate) implements ThresholdGoal {
    public MaxFalsePositiveRate {
      check(rate);
    }

    @Override
    public String toString() {
      return "max-false-positive-rate=" + rate;
    }
  }

  /**
   * The highest threshold with at least this share of anomalous pictures at or above it.
   *
   * @param recall 0 to 1
   */
  record MinRecall(double recall) implements ThresholdGoal {
    public MinRecall {
      check(recall);
    }

    @Override
    public String toString() {
      return "min-recall=" + recall;
    }
  }

  /**
   * Reads what {@code toString} writes: {@code best-f1}, {@code best-f1=PREVALENCE}, {@code
   * max-false-positive-rate=RATE} or {@code min-recall=RECALL}.
   *
   * @throws IllegalArgumentException if it is none of them; the message names them
   */
  static ThresholdGoal parse(String text) {
    String[] parts = text.strip().toLowerCase(Locale.ROOT).split("=", 2);
    try {
      if (parts.length == 1 && parts[0].equals("best-f1")) {
        return new BestF1();
      }
      if (parts.length == 2 && parts[0].equals("best-f1")) {
        return new BestF1AtPrevalence(Double.parseDouble(parts[1]));
      }
      if (parts.length == 2 && parts[0].equals("max-false-positive-rate")) {
        return new MaxFalsePositiveRate(Double.parseDouble(parts[1]));
      }
      if (parts.length == 2 && parts[0].equals("min-recall")) {
        return new MinRecall(Double.parseDouble(parts[1]));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'%s' is not a number; write a share from 0 to 1, as in min-recall=0.95."
              .formatted(parts[1]));
    }
    throw new IllegalArgumentException(
        ("'%s' is not a goal of a threshold; use best-f1, best-f1=PREVALENCE,"
                + " max-false-positive-rate=RATE or min-recall=RECALL.")
            .formatted(text));
  }

  private static void check(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("A share is a number from 0 to 1, not " + share + ".");
    }
  }
}

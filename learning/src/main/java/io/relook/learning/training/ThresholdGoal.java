package io.relook.learning.training;

/** What a threshold is chosen for. */
public sealed interface ThresholdGoal {

  /** The best F1 at the training pictures' class balance. */
  record BestF1() implements ThresholdGoal {}

  /**
   * The lowest threshold with at most this share of good pictures at or above it.
   *
   * @param rate 0 to 1
   */
  record MaxFalsePositiveRate(double rate) implements ThresholdGoal {
    public MaxFalsePositiveRate {
      check(rate);
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
  }

  private static void check(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("A share is a number from 0 to 1, not " + share + ".");
    }
  }
}

package io.relook.learning.training;

import io.relook.learning.decision.ThresholdGoal;
import java.util.Map;

/**
 * How to train.
 *
 * @param area pixels to which pictures are resized for the backbone; the features must have been
 *     extracted with the same
 * @param seed equal seeds give equal models
 * @param threads threads to use; their number does not change the model
 * @param modelCard project, version and other metadata of the file. They are part of its bytes, so
 *     they must not differ between equal trainings.
 * @param goal what the threshold is chosen for
 */
public record TrainingSettings(
    int area, long seed, int threads, Map<String, String> modelCard, ThresholdGoal goal) {

  /** The default of {@link #area}. */
  public static final int DEFAULT_AREA = 256 * 256;

  public TrainingSettings {
    modelCard = Map.copyOf(modelCard);
    if (area < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "The area is %d and the number of threads %d; both must be at least 1."
              .formatted(area, threads));
    }
  }

  /** Settings whose threshold is chosen for the best F1. */
  public TrainingSettings(int area, long seed, int threads, Map<String, String> modelCard) {
    this(area, seed, threads, modelCard, new ThresholdGoal.BestF1());
  }
}

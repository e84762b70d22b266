package io.relook.learning.training;

import io.relook.learning.decision.ThresholdGoal;
import java.util.Map;

/**
 * How to train.
 *
 * @param area pixels the backbone sees of a picture: the one the features were extracted with
 * @param seed equal seeds give equal models
 * @param threads threads to use; does not change the model
 * @param modelCard project, version and whatever else goes into the file's metadata; part of the
 *     bytes, so nothing that differs between equal trainings
 * @param goal what the threshold is chosen for
 */
public record TrainingSettings(
    int area, long seed, int threads, Map<String, String> modelCard, ThresholdGoal goal) {

  /** The area features are extracted with unless told otherwise. */
  public static final int DEFAULT_AREA = 256 * 256;

  public TrainingSettings {
    modelCard = Map.copyOf(modelCard);
    if (area < 1 || threads < 1) {
      throw new IllegalArgumentException("Area and threads must be above 0.");
    }
  }

  /** Settings whose threshold is chosen for the best F1. */
  public TrainingSettings(int area, long seed, int threads, Map<String, String> modelCard) {
    this(area, seed, threads, modelCard, new ThresholdGoal.BestF1());
  }
}

package io.relook.learning.training;

import io.relook.learning.data.TrainingMode;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.incremental.Lineage;
import io.relook.learning.incremental.TrainingState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A trained model and what is known about it.
 *
 * @param onnx the model file
 * @param state the stored form of the {@link TrainingState} that a later training can build on
 * @param decision what the training decided
 * @param testScores scores of the test pictures, in their order
 * @param evaluation of the test pictures at the threshold; empty without test pictures
 * @param outOfFold evaluation of the training pictures by their out-of-fold scores; empty without
 *     anomalous ones
 * @param lineage the training it builds on
 * @param took time from the first feature loaded to the last test picture scored; measured, so
 *     equal trainings may differ in it
 */
@SuppressWarnings("ArrayRecordComponent") // files; models are compared by their digest
public record TrainedModel(
    byte[] onnx,
    byte[] state,
    Decision decision,
    List<ImageScore> testScores,
    Optional<Evaluation> evaluation,
    Optional<Evaluation> outOfFold,
    Lineage lineage,
    Duration took) {

  /**
   * What a training decided.
   *
   * @param detectors names of the detectors in the model file
   * @param mode how the model was trained
   * @param threshold scores at or above it are anomalous
   * @param suspects ids of training pictures labelled good that look anomalous, the most anomalous
   *     first: their labels may be wrong
   */
  public record Decision(
      List<String> detectors, TrainingMode mode, double threshold, List<String> suspects) {

    public Decision {
      detectors = List.copyOf(detectors);
      suspects = List.copyOf(suspects);
    }
  }

  public TrainedModel {
    testScores = List.copyOf(testScores);
  }
}

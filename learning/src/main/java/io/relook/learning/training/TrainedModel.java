package io.relook.learning.training;

import io.relook.learning.data.TrainingMode;
import io.relook.learning.evaluation.Evaluation;
import io.relook.learning.evaluation.ImageScore;
import io.relook.learning.incremental.Lineage;
import io.relook.learning.incremental.ParentTraining;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A trained model and what is known about it.
 *
 * @param onnx the model file
 * @param testScores scores of the test pictures, in their order
 * @param evaluation of the test pictures at the threshold; empty without test pictures
 * @param threshold scores from here on are anomalous
 * @param heads names of the heads in the file
 * @param regime what the training pictures supported: the name of a {@link TrainingMode}
 * @param took time from first feature to the test pictures' scores; measured, so not part of
 *     promise 4
 * @param suspects ids of good training pictures that look anomalous, the most anomalous first:
 *     perhaps their labels are wrong
 * @param outOfFold evaluation of the training pictures by models that had not seen them; empty
 *     without anomalous ones
 * @param lineage what it built on
 * @param state what a later training can build on: see {@link ParentTraining}
 */
@SuppressWarnings("ArrayRecordComponent") // a file; models are compared by their digest
public record TrainedModel(
    byte[] onnx,
    List<ImageScore> testScores,
    Optional<Evaluation> evaluation,
    double threshold,
    List<String> heads,
    String regime,
    Duration took,
    List<String> suspects,
    Optional<Evaluation> outOfFold,
    Lineage lineage,
    byte[] state) {

  public TrainedModel {
    testScores = List.copyOf(testScores);
    heads = List.copyOf(heads);
    suspects = List.copyOf(suspects);
  }
}

package io.relook.bench.retrain;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.relook.learning.training.TrainingStage;
import java.util.Locale;
import java.util.Map;

/**
 * The result of one training. In JSON it is one flat object.
 *
 * @param stateBytes size of what the training leaves for the next one
 * @param modelBytes size of the model file
 * @param generation number of trainings since the last one from scratch
 * @param imageAuroc area under the ROC curve on the test pictures
 */
@JsonPropertyOrder({"pictures", "cost", "stateBytes", "modelBytes", "generation", "imageAuroc"})
record RetrainResult(
    @JsonUnwrapped Pictures pictures,
    @JsonUnwrapped Cost cost,
    int stateBytes,
    int modelBytes,
    int generation,
    double imageAuroc) {

  /**
   * Numbers of pictures.
   *
   * @param good good training pictures
   * @param added how many of them the parent did not have; 0 from scratch
   * @param anomalous anomalous training pictures
   * @param test test pictures, which are scored too
   */
  record Pictures(int good, int added, int anomalous, int test) {}

  /**
   * What the training costs.
   *
   * @param seconds wall time, from the first statistics read to the last test picture scored
   * @param cpuSeconds processor time of the whole process in that time, over all threads; other
   *     work on the machine hardly changes it
   * @param stageSeconds wall time of each stage, by its {@link #name}
   * @param heapBytes the sum of the peaks of the Java heap's pools, an upper bound
   */
  record Cost(double seconds, double cpuSeconds, Map<String, Double> stageSeconds, long heapBytes) {

    /** A stage as results and progress lines write it. */
    static String name(TrainingStage stage) {
      return stage.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    double secondsOf(TrainingStage stage) {
      return stageSeconds.getOrDefault(name(stage), 0.0);
    }
  }
}

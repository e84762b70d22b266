package io.relook.learning.data;

import java.util.List;

/**
 * What a model is trained and tested on.
 *
 * @param train pictures used for fitting and for out-of-fold scores; neither their order nor copies
 *     change the model
 * @param test pictures that are only scored; they influence no choice
 */
public record TrainingData(List<LabelledFeatures> train, List<LabelledFeatures> test) {

  public TrainingData {
    train = List.copyOf(train);
    test = List.copyOf(test);
  }
}

package io.relook.learning.data;

import java.util.List;

/**
 * What a model is made from.
 *
 * @param train pictures it learns from; their order does not matter, and copies teach nothing
 * @param test pictures it is judged on; they choose nothing
 */
public record TrainingData(List<LabelledFeatures> train, List<LabelledFeatures> test) {

  public TrainingData {
    train = List.copyOf(train);
    test = List.copyOf(test);
  }
}

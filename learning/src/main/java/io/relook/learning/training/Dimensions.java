package io.relook.learning.training;

import io.relook.learning.backbone.InputSize;
import io.relook.learning.features.Features;
import io.relook.learning.training.TrainingImpossibleException.Reason;

/** The one size all pictures of a training have; the first picture sets it. */
final class Dimensions {

  private int width;
  private int height;

  synchronized void check(Features features) throws TrainingImpossibleException {
    if (width == 0) {
      width = features.pictureWidth();
      height = features.pictureHeight();
    } else if (width != features.pictureWidth() || height != features.pictureHeight()) {
      // The contract's sentence, word for word: clients match it.
      throw new TrainingImpossibleException(
          Reason.DIFFERENT_DIMENSIONS, "Images in the dataset must have the same dimensions.");
    }
  }

  synchronized InputSize inputSize(int area) {
    return InputSize.forPicture(width, height, area);
  }
}

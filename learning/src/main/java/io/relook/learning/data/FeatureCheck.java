package io.relook.learning.data;

import io.relook.learning.backbone.Backbone;
import io.relook.learning.backbone.InputSize;
import io.relook.learning.backbone.Tap;
import io.relook.learning.data.TrainingImpossibleException.Reason;
import io.relook.learning.features.FeatureGrid;
import io.relook.learning.features.Features;
import java.io.IOException;

/**
 * Loads features and rejects those that do not belong together: pictures of different sizes, or
 * features of another backbone. The first picture sets the size. Safe for use by several threads.
 */
public final class FeatureCheck {

  private final Backbone backbone;
  private final int area;
  private int width;
  private int height;

  public FeatureCheck(Backbone backbone, int area) {
    this.backbone = backbone;
    this.area = area;
  }

  public Features load(LabelledFeatures picture) throws TrainingImpossibleException, IOException {
    Features features = picture.features().load();
    checkDimensions(features.pictureWidth(), features.pictureHeight());
    InputSize size = InputSize.forPicture(features.pictureWidth(), features.pictureHeight(), area);
    for (Tap tap : backbone.descriptor().taps()) {
      if (features.taps().stream().noneMatch(grid -> fits(grid, tap, size))) {
        throw new TrainingImpossibleException(
            Reason.FOREIGN_FEATURES,
            "The stored features of %s were not made by backbone %s at an area of %d pixels; extract them again."
                .formatted(picture.id(), backbone.descriptor().name(), area));
      }
    }
    return features;
  }

  /** The size of the backbone's input; known once one picture was loaded. */
  public synchronized InputSize inputSize() {
    return InputSize.forPicture(width, height, area);
  }

  public synchronized int width() {
    return width;
  }

  public synchronized int height() {
    return height;
  }

  /** Rejects a picture of another size than the first. */
  public synchronized void checkDimensions(int pictureWidth, int pictureHeight)
      throws TrainingImpossibleException {
    if (width == 0) {
      width = pictureWidth;
      height = pictureHeight;
    } else if (width != pictureWidth || height != pictureHeight) {
      // Clients match this sentence of the API contract word for word.
      throw new TrainingImpossibleException(
          Reason.DIFFERENT_DIMENSIONS, "Images in the dataset must have the same dimensions.");
    }
  }

  private static boolean fits(FeatureGrid grid, Tap tap, InputSize size) {
    return grid.tap().equals(tap.name())
        && grid.channels() == tap.channels()
        && grid.width() == size.width() / tap.stride()
        && grid.height() == size.height() / tap.stride();
  }
}

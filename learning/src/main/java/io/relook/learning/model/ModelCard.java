package io.relook.learning.model;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What a model file says about the pictures it expects. The keys are public: other programs that
 * judge pictures read them.
 */
public final class ModelCard {
  /** Columns of the upright pictures that the model learned from. */
  public static final String PICTURE_WIDTH = "relook.picture.width";

  /** Rows of the upright pictures that the model learned from. */
  public static final String PICTURE_HEIGHT = "relook.picture.height";

  /**
   * Bits that the camera fills of each sample of a 16-bit picture; only where the job was told. A
   * sample is shifted to the right by 8 bits less.
   */
  public static final String SIGNIFICANT_BITS = "relook.picture.significant-bits";

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");

  private final Map<String, String> metadata;

  /** The card in a model file. */
  public ModelCard(Map<String, String> metadata) {
    this.metadata = Map.copyOf(metadata);
  }

  /** Significant bits of 16-bit pictures, if the job was told. */
  public OptionalInt significantBits() {
    return number(SIGNIFICANT_BITS);
  }

  /**
   * Why a picture of this size is not what the model learned from: a sentence. Lookout for Vision
   * takes pictures of the training's size alone (spec: lookout-for-vision.md §5.7). Empty for the
   * right size, and for a file of an earlier version, which does not say its size.
   */
  public Optional<String> misfit(int width, int height) {
    OptionalInt learnedWidth = number(PICTURE_WIDTH);
    OptionalInt learnedHeight = number(PICTURE_HEIGHT);
    if (learnedWidth.isEmpty()
        || learnedHeight.isEmpty()
        || learnedWidth.getAsInt() == width && learnedHeight.getAsInt() == height) {
      return Optional.empty();
    }
    return Optional.of(
        "The picture has %d x %d pixels, upright, and the model learned from pictures of %d x %d."
            .formatted(width, height, learnedWidth.getAsInt(), learnedHeight.getAsInt()));
  }

  private OptionalInt number(String key) {
    String value = metadata.getOrDefault(key, "");
    return NUMBER.matcher(value).matches()
        ? OptionalInt.of(Integer.parseInt(value))
        : OptionalInt.empty();
  }
}

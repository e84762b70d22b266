package io.relook.learning.features;

/**
 * The output of one tap for one picture.
 *
 * @param tap the tap's name
 * @param channels values per cell
 * @param height rows of cells
 * @param width columns of cells
 * @param halves IEEE 754 half-precision bits, channel by channel, row by row; not copied, so the
 *     caller must not change it
 */
@SuppressWarnings("ArrayRecordComponent") // a hundred thousand values; grids are not compared
public record FeatureGrid(String tap, int channels, int height, int width, short[] halves) {

  public FeatureGrid {
    if (channels < 1
        || height < 1
        || width < 1
        || halves.length != (long) channels * height * width) {
      throw new IllegalArgumentException(
          "Tap %s has %d values; its shape is %d x %d x %d."
              .formatted(tap, halves.length, channels, height, width));
    }
  }

  /** Shape as the network gives it: [1, channels, height, width]. */
  public long[] shape() {
    return new long[] {1, channels, height, width};
  }

  @Override
  public String toString() {
    return "FeatureGrid[" + tap + " " + channels + " x " + height + " x " + width + "]";
  }
}

package io.relook.learning.picture;

/**
 * A decoded picture, upright, in RGB.
 *
 * @param width columns
 * @param height rows
 * @param rgb [height, width, 3] row by row, unsigned bytes 0 to 255; not copied, so the caller must
 *     not change it
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes of pixels; pictures are not compared
public record Picture(int width, int height, byte[] rgb) {

  public Picture {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "A picture of %d x %d needs %d bytes of RGB, not %d."
              .formatted(width, height, 3L * width * height, rgb.length));
    }
  }

  @Override
  public String toString() {
    return "Picture[" + width + " x " + height + "]";
  }
}

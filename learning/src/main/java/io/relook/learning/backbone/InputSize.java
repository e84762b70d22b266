package io.relook.learning.backbone;

/**
 * The size a picture is resized to before the backbone.
 *
 * @param width columns, a multiple of 32
 * @param height rows, a multiple of 32
 */
public record InputSize(int width, int height) {

  /** The coarsest tap's stride: sides that are multiples of it give whole grids. */
  private static final int STEP = 32;

  public InputSize {
    if (width < STEP || height < STEP || width % STEP != 0 || height % STEP != 0) {
      throw new IllegalArgumentException(
          "The input size is %d x %d; both sides must be positive multiples of 32."
              .formatted(width, height));
    }
  }

  /**
   * Sides of about {@code area} pixels in the picture's aspect ratio, each rounded to the nearest
   * multiple of 32. With a fixed area every product needs the same time and storage. Keeping the
   * aspect ratio keeps the resolution across long parts.
   */
  public static InputSize forPicture(int width, int height, int area) {
    double zoom = Math.sqrt((double) area / ((double) width * height));
    return new InputSize(step(width * zoom), step(height * zoom));
  }

  private static int step(double side) {
    return STEP * (int) Math.max(1, Math.round(side / STEP));
  }
}

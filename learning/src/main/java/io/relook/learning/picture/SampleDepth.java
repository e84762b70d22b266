package io.relook.learning.picture;

import io.relook.learning.picture.UnreadablePictureException.Reason;

/**
 * How samples of 16 bits become 8. Cameras of 10, 12 and 14 bits write their values unchanged into
 * 16-bit files, so the high byte alone would keep 4, 16 or 64 grey levels. How many bits a camera
 * fills cannot be told from one picture, which may be dark: it must be said. Where it is not, a
 * picture that leaves the two highest bits empty is refused, and never scaled by a guess.
 */
final class SampleDepth {

  /** Cameras fill 10, 12 or 14 bits, so only from the fifteenth bit on there is no doubt. */
  private static final int DOUBTFUL_BITS = 14;

  private static final int[] CAMERAS = {10, 12, 14};

  private SampleDepth() {}

  /**
   * Bits by which the samples are shifted to the right.
   *
   * @param said significant bits of the pictures; 0 when nobody said
   * @param largest value of the picture
   */
  static int shift(int said, int largest) throws UnreadablePictureException {
    if (said == 0) {
      if (largest < 1 << DOUBTFUL_BITS) {
        throw new UnreadablePictureException(Reason.UNKNOWN_BIT_DEPTH, doubtful(largest));
      }
      return 8;
    }
    if (largest >= 1 << said) {
      throw new UnreadablePictureException(
          Reason.UNKNOWN_BIT_DEPTH,
          "The 16-bit PNG file has the value %d, and with %d significant bits %d is the largest; say how many bits the camera fills."
              .formatted(largest, said, (1 << said) - 1));
    }
    return said - 8;
  }

  private static String doubtful(int largest) {
    int bits = CAMERAS[CAMERAS.length - 1];
    for (int i = CAMERAS.length - 1; i >= 0 && largest < 1 << CAMERAS[i]; i--) {
      bits = CAMERAS[i];
    }
    return ("The 16-bit PNG file has no value above %d, as a camera of %d bits writes them; read as"
            + " 16 bits, %d grey levels would be left. Say how many bits the camera fills, 16 for"
            + " a dark picture, with images.significant-bits or 'predict --significant-bits'; or"
            + " save the pictures with 8 bits.")
        .formatted(largest, bits, (largest >> 8) + 1);
  }
}

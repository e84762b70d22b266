package io.relook.learning.picture;

import java.io.Serializable;

/**
 * The limits of pictures that are decoded.
 *
 * @param maxBytes largest encoded file
 * @param minSide fewest pixels of width and of height
 * @param maxSide most pixels of width and of height
 */
public record PictureLimits(long maxBytes, int minSide, int maxSide) implements Serializable {

  /** The limits of Amazon Lookout for Vision: 8 MB, 64 to 4,096 pixels a side. */
  public static final PictureLimits DEFAULT = new PictureLimits(8L * 1024 * 1024, 64, 4096);

  public PictureLimits {
    // 3 bytes a pixel must fit one Java array.
    if (maxBytes < 1 || minSide < 1 || maxSide < minSide || maxSide > 26_000) {
      throw new IllegalArgumentException(
          "The limits of pictures are %d bytes and sides from %d to %d pixels; they must be at least 1, the largest side at least the smallest and at most 26000."
              .formatted(maxBytes, minSide, maxSide));
    }
  }
}

package io.relook.learning.picture;

import java.io.Serializable;

/**
 * The limits of pictures that are decoded, and what is known of them.
 *
 * @param maxBytes largest encoded file
 * @param minSide fewest pixels of width and of height
 * @param maxSide most pixels of width and of height
 * @param significantBits bits of each sample of a 16-bit picture that the camera fills, 9 to 16; 0
 *     when nobody said
 * @param refuseDamaged whether a picture is refused in which the decoder found damage that it could
 *     pass over
 */
public record PictureLimits(
    long maxBytes, int minSide, int maxSide, int significantBits, boolean refuseDamaged)
    implements Serializable {

  /** The limits of Amazon Lookout for Vision: 8 MB, 64 to 4,096 pixels a side. */
  public static final PictureLimits DEFAULT = new PictureLimits(8L * 1024 * 1024, 64, 4096);

  public PictureLimits {
    // 3 bytes a pixel must fit one Java array.
    if (maxBytes < 1 || minSide < 1 || maxSide < minSide || maxSide > 26_000) {
      throw new IllegalArgumentException(
          "The limits of pictures are %d bytes and sides from %d to %d pixels; they must be at least 1, the largest side at least the smallest and at most 26000."
              .formatted(maxBytes, minSide, maxSide));
    }
    if (significantBits != 0 && (significantBits < 9 || significantBits > 16)) {
      throw new IllegalArgumentException(
          "The significant bits of 16-bit pictures are %d; they must be 9 to 16, or 0 if they are not known."
              .formatted(significantBits));
    }
  }

  /** Limits of pictures of which nothing is known; damaged ones are taken. */
  public PictureLimits(long maxBytes, int minSide, int maxSide) {
    this(maxBytes, minSide, maxSide, 0, false);
  }

  /** The same limits for pictures whose 16-bit samples have these significant bits. */
  public PictureLimits withSignificantBits(int bits) {
    return new PictureLimits(maxBytes, minSide, maxSide, bits, refuseDamaged);
  }
}

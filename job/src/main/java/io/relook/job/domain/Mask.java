package io.relook.job.domain;

import java.util.List;

/**
 * A mask of which relook keeps a copy.
 *
 * @param digest SHA-256 of the encoded mask, in hexadecimal
 * @param bucket where the encoded mask is kept
 * @param key where the encoded mask is kept
 * @param width in pixels
 * @param height in pixels
 * @param classes names of the defect classes whose colours occur in it, sorted
 */
public record Mask(
    String digest, String bucket, String key, int width, int height, List<String> classes) {

  /** Whether it is as large as its picture. */
  public boolean fits(StoredPicture picture) {
    return width == picture.width() && height == picture.height();
  }

  /** What is wrong with a mask that does not fit, as a sentence. */
  public String misfit(StoredPicture picture) {
    return ("The mask has %d x %d pixels and its picture %d x %d: draw the mask in the picture's"
            + " size.")
        .formatted(width, height, picture.width(), picture.height());
  }
}

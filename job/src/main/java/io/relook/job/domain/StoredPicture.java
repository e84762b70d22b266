package io.relook.job.domain;

import io.relook.learning.statistics.PictureStatistics;

/**
 * A picture that was read once and whose features are stored.
 *
 * @param digest SHA-256 of the encoded picture, in hexadecimal
 * @param bucket where the encoded picture is kept
 * @param key where the encoded picture is kept
 * @param width in pixels, after EXIF orientation
 * @param height in pixels, after EXIF orientation
 * @param featuresKey key of the stored features in relook's own bucket
 */
public record StoredPicture(
    String digest, String bucket, String key, int width, int height, String featuresKey) {

  /** The same picture with its features under another key. */
  public StoredPicture withFeatures(String otherKey) {
    return new StoredPicture(digest, bucket, key, width, height, otherKey);
  }

  /** Key, in relook's own bucket, of what heads learn from the picture. */
  public String summaryKey() {
    return summaryKey(featuresKey);
  }

  /**
   * The same for features with a key. It names all that the features' key names, so a summary of
   * another backbone or area is never taken for it.
   */
  public static String summaryKey(String featuresKey) {
    String below =
        featuresKey.startsWith(FeatureKeys.FOLDER)
            ? featuresKey.substring(FeatureKeys.FOLDER.length())
            : featuresKey;
    return "summaries/" + below + "-v" + PictureStatistics.VERSION;
  }
}

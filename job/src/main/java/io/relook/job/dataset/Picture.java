package io.relook.job.dataset;

import io.relook.learning.heads.PictureSummary;

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
public record Picture(
    String digest, String bucket, String key, int width, int height, String featuresKey) {

  /** Key, in relook's own bucket, of what heads learn from the picture. */
  public String summaryKey() {
    return summaryKey(featuresKey);
  }

  /** The same for features with a key. */
  public static String summaryKey(String featuresKey) {
    String below =
        featuresKey.startsWith(FEATURES) ? featuresKey.substring(FEATURES.length()) : featuresKey;
    return "summaries/" + below + "-v" + PictureSummary.VERSION;
  }

  private static final String FEATURES = "features/";
}

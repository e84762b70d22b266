package io.relook.job.dataset;

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

  /** The same picture with its features under another key. */
  public Picture withFeatures(String otherKey) {
    return new Picture(digest, bucket, key, width, height, otherKey);
  }
}

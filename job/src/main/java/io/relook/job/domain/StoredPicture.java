package io.relook.job.domain;

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

  /** Key, in relook's own bucket, of the picture's statistics. */
  public String statisticsKey() {
    return BucketLayout.statistics(featuresKey);
  }
}

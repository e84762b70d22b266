package io.relook.job.domain;

import org.jspecify.annotations.Nullable;

/**
 * A picture that was read once and whose features are stored, or word of one that cannot be read.
 *
 * @param digest SHA-256 of the encoded picture, in hexadecimal
 * @param bucket where the encoded picture is kept
 * @param key where the encoded picture is kept
 * @param width in pixels, after EXIF orientation
 * @param height in pixels, after EXIF orientation
 * @param featuresKey key of the stored features in relook's own bucket
 * @param deferral present when it could not be read when its turn came; never in the data set
 */
public record StoredPicture(
    String digest,
    String bucket,
    String key,
    int width,
    int height,
    String featuresKey,
    @Nullable Deferral deferral) {

  /** A picture that was read when its turn came. */
  public StoredPicture(
      String digest, String bucket, String key, int width, int height, String featuresKey) {
    this(digest, bucket, key, width, height, featuresKey, null);
  }

  /** Word of a picture that cannot be read: nothing of it is stored. */
  public static StoredPicture deferred(Deferral deferral) {
    return new StoredPicture("", "", "", 0, 0, "", deferral);
  }

  /** Whether it was read, and its features are stored. */
  public boolean isStored() {
    return !featuresKey.isEmpty();
  }

  /** The same picture, however it came. */
  public StoredPicture with(@Nullable Deferral other) {
    return other == deferral
        ? this
        : new StoredPicture(digest, bucket, key, width, height, featuresKey, other);
  }

  /** The same picture with its features under another key. */
  public StoredPicture withFeatures(String otherKey) {
    return new StoredPicture(digest, bucket, key, width, height, otherKey, deferral);
  }

  /** Key, in relook's own bucket, of the picture's statistics. */
  public String statisticsKey() {
    return BucketLayout.statistics(featuresKey);
  }
}

package io.relook.job.domain;

/**
 * Keys of stored features: {@link BucketLayout#features}. The version names backbone and area, so
 * features of two backbones are never mixed.
 *
 * @param version first 16 digits of the backbone's digest, and the area
 */
public record FeatureKeys(String version) {

  /** Keys of features made with this backbone at this area. */
  public static FeatureKeys of(String backboneDigest, int area) {
    return new FeatureKeys(backboneDigest.substring(0, 16) + "-" + area);
  }

  /**
   * Key of the features of a picture.
   *
   * @param project account/project
   * @param digest of the picture
   */
  public String key(String project, String digest) {
    return BucketLayout.features(project, version, digest);
  }
}

package io.relook.job.domain;

/**
 * Keys of stored features in relook's own bucket: {@code features/ACCOUNT/PROJECT/VERSION/DIGEST},
 * where the version names backbone and area. So features of two backbones never meet, and writing
 * the same ones twice is harmless.
 *
 * @param version first 16 digits of the backbone's digest, and the area
 */
public record FeatureKeys(String version) {

  /** First part of all keys. */
  public static final String FOLDER = "features/";

  /** Keys of features made with this backbone at this area. */
  public static FeatureKeys of(String backboneDigest, int area) {
    return new FeatureKeys(backboneDigest.substring(0, 16) + "-" + area);
  }

  /**
   * @param project account/project
   * @param digest of the picture
   */
  public String key(String project, String digest) {
    return FOLDER + project + "/" + version + "/" + digest;
  }

  /** Digest of the picture whose features lie under this key. */
  public static String digest(String key) {
    return key.substring(key.lastIndexOf('/') + 1);
  }
}

package io.relook.job.domain;

/**
 * Keys, in relook's own bucket, of pictures and masks that came in a message: {@code
 * pictures/ACCOUNT/PROJECT/DIGEST}, and {@code masks/} alike. A picture that is named by its place
 * may lie in that bucket too; beside these keys it is somebody else's, another project's above all.
 */
public final class OwnFiles {
  private static final String PICTURES = "pictures/";
  private static final String MASKS = "masks/";

  private OwnFiles() {}

  /**
   * @param project account/project
   * @param digest of the encoded picture
   */
  public static String picture(String project, String digest) {
    return PICTURES + project + "/" + digest;
  }

  /**
   * @param project account/project
   * @param digest of the encoded mask
   */
  public static String mask(String project, String digest) {
    return MASKS + project + "/" + digest;
  }

  /**
   * Whether relook keeps this picture for the project.
   *
   * @param bucket relook's own
   * @param project account/project
   */
  public static boolean keeps(String bucket, String project, StoredPicture picture) {
    return picture.bucket().equals(bucket) && picture.key().startsWith(picture(project, ""));
  }

  /**
   * Whether relook keeps this mask for the project.
   *
   * @param bucket relook's own
   * @param project account/project
   */
  public static boolean keeps(String bucket, String project, Mask mask) {
    return mask.bucket().equals(bucket) && mask.key().startsWith(mask(project, ""));
  }
}

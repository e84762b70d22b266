package io.relook.job.dataset;

import java.io.Serializable;

/**
 * What the options say about data sets.
 *
 * @param window which images a training uses
 * @param minimums whether a training needs the contract's least numbers of images
 * @param classMinimums whether a training with masks needs the contract's least numbers of images
 *     of each defect class
 * @param quotas greatest numbers of images and classes
 * @param region region that appears in ARNs
 * @param bucket relook's own bucket
 * @param erasureDelayMillis how long copies and features stay after their last image is gone
 */
public record DatasetSettings(
    Window window,
    boolean minimums,
    boolean classMinimums,
    Quotas quotas,
    String region,
    String bucket,
    long erasureDelayMillis)
    implements Serializable {

  /**
   * Which images a training uses: the newest.
   *
   * @param trainImages images of the train data set
   * @param testImages images of the test data set
   * @param maxAgeMillis greatest age by record time; {@link Long#MAX_VALUE} for any age
   */
  public record Window(int trainImages, int testImages, long maxAgeMillis)
      implements Serializable {}

  /**
   * Greatest numbers (spec: lookout-for-vision.md §3).
   *
   * @param defectClasses defect classes of a project
   * @param maskedTrainImages images of a train data set with masks that a training uses
   * @param maskedTestImages images of a test data set with masks that a training uses
   */
  public record Quotas(int defectClasses, int maskedTrainImages, int maskedTestImages)
      implements Serializable {}
}

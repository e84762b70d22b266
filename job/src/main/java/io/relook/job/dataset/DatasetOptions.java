package io.relook.job.dataset;

import io.relook.job.options.OptionReader;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Options of data sets. */
public final class DatasetOptions {

  public static final ConfigOption<Integer> DATASET_WINDOW_TRAIN_IMAGES =
      ConfigOptions.key("dataset.window.train-images")
          .intType()
          .defaultValue(16_000)
          .withDescription(
              "Images of the train data set that a training uses at most: the newest.");

  public static final ConfigOption<Integer> DATASET_WINDOW_TEST_IMAGES =
      ConfigOptions.key("dataset.window.test-images")
          .intType()
          .defaultValue(4_000)
          .withDescription("Images of the test data set that a training uses at most: the newest.");

  public static final ConfigOption<Duration> DATASET_WINDOW_AGE =
      ConfigOptions.key("dataset.window.age")
          .durationType()
          .noDefaultValue()
          .withDescription(
              "Age, by record time, above which a training ignores an image. Default: no limit.");

  public static final ConfigOption<Boolean> DATASET_MINIMUMS =
      ConfigOptions.key("dataset.minimums")
          .booleanType()
          .defaultValue(true)
          .withDescription(
              "Whether a training needs the contract's least numbers of images. If false, a few"
                  + " normal images are enough; a model that is trained without test images then"
                  + " has no metrics.");

  public static final ConfigOption<Boolean> DATASET_CLASS_MINIMUMS =
      ConfigOptions.key("dataset.class-minimums")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Whether a training of images with masks needs the contract's least numbers of"
                  + " images of each defect class (20, or 10 in each of two data sets). relook"
                  + " learns from fewer images, so the default is false.");

  public static final ConfigOption<Integer> QUOTA_DEFECT_CLASSES =
      ConfigOptions.key("quota.defect-classes")
          .intType()
          .defaultValue(100)
          .withDescription("Defect classes that a project has at most.");

  public static final ConfigOption<Integer> QUOTA_MASKED_TRAIN_IMAGES =
      ConfigOptions.key("quota.masked-train-images")
          .intType()
          .defaultValue(8_000)
          .withDescription(
              "Images of a train data set with masks that a training uses at most: the newest.");

  public static final ConfigOption<Integer> QUOTA_MASKED_TEST_IMAGES =
      ConfigOptions.key("quota.masked-test-images")
          .intType()
          .defaultValue(800)
          .withDescription(
              "Images of a test data set with masks that a training uses at most: the newest.");

  public static final ConfigOption<Duration> ERASURE_DELAY =
      ConfigOptions.key("erasure.delay")
          .durationType()
          .defaultValue(Duration.ofHours(49))
          .withDescription(
              "How long relook keeps its copies and features of a picture after the last image"
                  + " that referred to it is gone. At least training.time-limit and"
                  + " testing.time-limit together, because a training may still need them. They"
                  + " are then moved to trash for an hour, in case the picture is just being sent"
                  + " again, and erased.");

  /**
   * Most images of a window: a training's plan and manifest are in memory at once, about a kilobyte
   * an image.
   */
  private static final int MAX_WINDOW = 100_000;

  /** Most defect classes: their counts are one value of state, which each image rewrites. */
  private static final int MAX_CLASSES = 10_000;

  private DatasetOptions() {}

  /**
   * Reads the options.
   *
   * @param region region that appears in ARNs
   * @param bucket relook's own bucket
   */
  public static DatasetSettings read(OptionReader options, String region, String bucket) {
    return new DatasetSettings(
        new DatasetSettings.Window(
            options.between(DATASET_WINDOW_TRAIN_IMAGES, 1, MAX_WINDOW),
            options.between(DATASET_WINDOW_TEST_IMAGES, 1, MAX_WINDOW),
            options.find(DATASET_WINDOW_AGE).map(Duration::toMillis).orElse(Long.MAX_VALUE)),
        options.get(DATASET_MINIMUMS),
        options.get(DATASET_CLASS_MINIMUMS),
        new DatasetSettings.Quotas(
            options.between(QUOTA_DEFECT_CLASSES, 1, MAX_CLASSES),
            options.between(QUOTA_MASKED_TRAIN_IMAGES, 1, MAX_WINDOW),
            options.between(QUOTA_MASKED_TEST_IMAGES, 1, MAX_WINDOW)),
        region,
        bucket,
        options.get(ERASURE_DELAY).toMillis());
  }
}

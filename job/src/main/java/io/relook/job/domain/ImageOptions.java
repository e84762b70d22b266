package io.relook.job.domain;

import io.relook.job.options.OptionReader;
import io.relook.learning.picture.PictureLimits;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options that bound the pictures of images. */
public final class ImageOptions {

  public static final ConfigOption<MemorySize> IMAGES_MAX_INLINE_SIZE =
      ConfigOptions.key("images.max-inline-size")
          .memoryType()
          .defaultValue(MemorySize.parse("512kb"))
          .withDescription(
              "Largest picture inside a message; a larger one must be sent by location.");

  public static final ConfigOption<MemorySize> IMAGES_MAX_FILE_SIZE =
      ConfigOptions.key("images.max-file-size")
          .memoryType()
          .defaultValue(MemorySize.parse("8mb"))
          .withDescription("Largest encoded picture.");

  public static final ConfigOption<Integer> IMAGES_MIN_SIDE =
      ConfigOptions.key("images.min-side")
          .intType()
          .defaultValue(64)
          .withDescription("Smallest width and height of a picture, in pixels.");

  public static final ConfigOption<Integer> IMAGES_MAX_SIDE =
      ConfigOptions.key("images.max-side")
          .intType()
          .defaultValue(4096)
          .withDescription("Largest width and height of a picture, in pixels.");

  public static final ConfigOption<Integer> IMAGES_SIGNIFICANT_BITS =
      ConfigOptions.key("images.significant-bits")
          .intType()
          .defaultValue(0)
          .withDescription(
              "Bits that the camera fills of each sample of a 16-bit PNG: 10, 12, 14 or 16. With 0"
                  + " (not known) a 16-bit PNG whose two highest bits are empty is rejected. Decides"
                  + " what is stored.");

  public static final ConfigOption<Boolean> IMAGES_REFUSE_DAMAGED =
      ConfigOptions.key("images.refuse-damaged")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Reject a JPEG in which the decoder finds damaged data. Without it such a picture is"
                  + " taken, counted (picturesDamaged) and logged.");

  public static final ConfigOption<Partitioning> IMAGES_PARTITIONING =
      ConfigOptions.key("images.partitioning")
          .enumType(Partitioning.class)
          .defaultValue(Partitioning.ANY)
          .withDescription(
              "Which partitions of the image topic a project's images may stand in. With any, a"
                  + " command on a data set waits for the slowest partition. With by-key it waits"
                  + " for the project's own partition alone, the one that Kafka's partitioner"
                  + " (murmur2) gives the key account/project, and images elsewhere are rejected.");

  private ImageOptions() {}

  /** Reads which partitions images may stand in. */
  public static Partitioning partitioning(OptionReader options) {
    return options.get(IMAGES_PARTITIONING);
  }

  /** Reads the options. */
  public static ImageLimits read(OptionReader options) {
    int minSide = options.atLeast(IMAGES_MIN_SIDE, 1);
    int maxSide = options.get(IMAGES_MAX_SIDE);
    return new ImageLimits(
        options.get(IMAGES_MAX_INLINE_SIZE).getBytes(),
        pictures(options, minSide, maxSide),
        partitioning(options));
  }

  private static int significantBits(OptionReader options) {
    int bits = options.get(IMAGES_SIGNIFICANT_BITS);
    boolean known = bits == 0 || bits >= 9 && bits <= 16;
    options.require(
        known,
        "images.significant-bits is "
            + bits
            + ": it must be 9 to 16, the bits that the camera fills, or 0 if they are not known.");
    return known ? bits : 0;
  }

  private static PictureLimits pictures(OptionReader options, int minSide, int maxSide) {
    if (minSide < 1) {
      return PictureLimits.DEFAULT;
    }
    if (maxSide < minSide) {
      options.problem(
          "images.max-side is "
              + maxSide
              + ": it must not be smaller than images.min-side, which is "
              + minSide
              + ".");
      return PictureLimits.DEFAULT;
    }
    try {
      return new PictureLimits(
          options.get(IMAGES_MAX_FILE_SIZE).getBytes(),
          minSide,
          maxSide,
          significantBits(options),
          options.get(IMAGES_REFUSE_DAMAGED));
    } catch (IllegalArgumentException e) {
      options.problem("images.max-file-size, images.min-side, images.max-side: " + e.getMessage());
      return PictureLimits.DEFAULT;
    }
  }
}

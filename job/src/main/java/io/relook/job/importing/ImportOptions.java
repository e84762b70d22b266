package io.relook.job.importing;

import io.relook.job.options.OptionReader;
import io.relook.job.s3.OwnBucket;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Options of manifest imports. */
public final class ImportOptions {

  public static final ConfigOption<MemorySize> DATASET_MANIFEST_MAX_SIZE =
      ConfigOptions.key("dataset.manifest-max-size")
          .memoryType()
          .defaultValue(MemorySize.parse("1gb"))
          .withDescription("Largest manifest that CreateDataset imports.");

  private ImportOptions() {}

  /**
   * Reads the options.
   *
   * @param maxTrainImages images that a train data set takes at most
   * @param maxTestImages images that a test data set takes at most
   */
  public static ImportSettings read(
      OptionReader options, OwnBucket bucket, int maxTrainImages, int maxTestImages) {
    return new ImportSettings(
        bucket, options.get(DATASET_MANIFEST_MAX_SIZE).getBytes(), maxTrainImages, maxTestImages);
  }
}

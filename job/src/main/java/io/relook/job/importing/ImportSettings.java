package io.relook.job.importing;

import io.relook.job.s3.OwnBucket;
import java.io.Serializable;
import java.time.Duration;

/**
 * How manifests are imported.
 *
 * @param bucket relook's own bucket, in the store that manifests are in
 * @param maxManifestBytes largest manifest of CreateDataset
 * @param maxTrainImages images that a train data set takes at most
 * @param maxTestImages images that a test data set takes at most
 */
public record ImportSettings(
    OwnBucket bucket, long maxManifestBytes, int maxTrainImages, int maxTestImages)
    implements Serializable {

  /** A manifest has a gigabyte at most, and the store's client tries again within a request. */
  public static final Duration TIME_LIMIT = Duration.ofMinutes(30);

  /** Largest manifest of UpdateDatasetEntries (spec: lookout-for-vision.md §2, Changes). */
  private static final long MAX_CHANGES_BYTES = 10_485_760;

  /** Largest manifest of an operation, in bytes. */
  long maxBytes(String operation) {
    return operation.equals("UpdateDatasetEntries") ? MAX_CHANGES_BYTES : maxManifestBytes;
  }
}

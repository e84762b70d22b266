package io.relook.job.dataset;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sizes of the projects whose data sets a subtask has described since it started, for metrics. Safe
 * for use by several threads.
 */
final class DatasetSizes {

  /**
   * Bytes of state in RocksDB, on disk, for an image and all that finds it. Measured by {@code
   * DatasetSizeTest}; see docs/numbers/state.md.
   */
  static final int BYTES_OF_AN_IMAGE = 300;

  private final Map<String, Integer> images = new ConcurrentHashMap<>();

  /** A project's data sets have so many images. */
  void seen(String project, int count) {
    if (count > 0) {
      images.put(project, count);
    } else {
      images.remove(project);
    }
  }

  long all() {
    return images.values().stream().mapToLong(Integer::longValue).sum();
  }

  int ofLargest() {
    return images.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  long bytes() {
    return all() * BYTES_OF_AN_IMAGE;
  }
}

package io.relook.job.dataset;

import java.util.HashMap;
import java.util.Map;

/**
 * How many images use relook's objects of one picture. Pure.
 *
 * @param features number of images by the directory of their features, that is by backbone and area
 * @param copies number of images whose picture is a copy in relook's own bucket
 */
public record PictureUse(Map<String, Integer> features, int copies) {

  static final PictureUse NONE = new PictureUse(Map.of(), 0);

  /**
   * @param change 1 for one more image, -1 for one less
   */
  PictureUse plus(String featuresDirectory, boolean copied, int change) {
    Map<String, Integer> counts = new HashMap<>(features);
    counts.merge(featuresDirectory, change, Integer::sum);
    counts.values().removeIf(count -> count <= 0);
    return new PictureUse(counts, Math.max(0, copies + (copied ? change : 0)));
  }

  boolean isUsed() {
    return !features.isEmpty();
  }
}

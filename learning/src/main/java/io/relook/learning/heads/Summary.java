package io.relook.learning.heads;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is kept of a set of pictures: all that any head is fitted from. Summaries of parts join to
 * the summary of the whole, so folds share the work.
 *
 * @param samples patches, by space
 * @param pooled one vector a picture: every tap averaged over the picture, side by side
 */
public record Summary(Map<PatchSpace, PatchSample> samples, List<float[]> pooled) {

  /** More rows cost time at every thinning and gain little. */
  private static final int ROWS_OF_MANY = 1000;

  PatchSample sample(PatchSpace space) {
    return Objects.requireNonNull(samples.get(space));
  }

  public static Summary joined(List<Summary> parts) {
    Map<PatchSpace, PatchSample> samples = new LinkedHashMap<>();
    for (PatchSpace space : parts.get(0).samples.keySet()) {
      samples.put(space, PatchSample.joined(parts.stream().map(p -> p.sample(space)).toList()));
    }
    List<float[]> pooled = new ArrayList<>();
    parts.forEach(p -> pooled.addAll(p.pooled));
    return new Summary(samples, pooled);
  }

  /** With no more patches than any fit needs of a set of pictures: a coreset of coresets. */
  public Summary thinned() {
    Map<PatchSpace, PatchSample> thin = new LinkedHashMap<>();
    samples.forEach((space, sample) -> thin.put(space, sample.thinned(space, ROWS_OF_MANY, 0)));
    return new Summary(thin, pooled);
  }
}

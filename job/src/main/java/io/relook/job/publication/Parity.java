package io.relook.job.publication;

import io.relook.job.domain.TrainingResult.TestScore;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the scores of the model file with the reported ones, so that the published model is the
 * measured one.
 */
final class Parity {

  /** Test images that are scored again with the file. */
  static final int SAMPLE = 8;

  /** Test images that are tried at most, when pictures are gone. */
  private static final int MOST_TRIED = 64;

  /** Largest relative difference; both scores come from features in half precision. */
  static final double TOLERANCE = 1e-4;

  private Parity() {}

  /**
   * Test images in the order in which to try them: first {@link #SAMPLE} images, evenly spread over
   * all, then a few more to replace those whose pictures are gone.
   */
  static List<TestScore> candidates(List<TestScore> scores) {
    Set<Integer> order = new LinkedHashSet<>();
    for (int count = SAMPLE; count <= MOST_TRIED; count *= 2) {
      for (int i = 0; i < count && i < scores.size(); i++) {
        order.add((int) ((long) i * scores.size() / Math.min(count, scores.size())));
      }
    }
    return order.stream().map(scores::get).toList();
  }

  /** Why the model file must not be published: its score of an image is not the reported one. */
  static Optional<String> violation(TestScore reported, double ofFile) {
    double difference = Math.abs(ofFile - reported.score()) / Math.abs(reported.score());
    return difference <= TOLERANCE
        ? Optional.empty()
        : Optional.of(
            "The model file scores "
                + reported.sourceRef()
                + " with "
                + ofFile
                + " but "
                + reported.score()
                + " was measured: nothing was published. Train again; if it happens twice, report"
                + " it with the training manifest.");
  }
}

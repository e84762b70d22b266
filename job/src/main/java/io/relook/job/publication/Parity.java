package io.relook.job.publication;

import io.relook.job.domain.TrainingResult.TestScore;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What was measured is what is shipped: the file's scores against the reported ones. */
final class Parity {

  /** Test images that are scored again with the file. */
  static final int SAMPLE = 8;

  /** Bounds the requests for pictures that are gone. */
  private static final int MOST_TRIED = 64;

  /** Largest relative difference; features pass through half precision on both ways. */
  static final double TOLERANCE = 1e-4;

  private Parity() {}

  /**
   * Test images in the order in which to try them: first {@link #SAMPLE} spread evenly over all,
   * then a few more to stand in for those whose pictures are gone.
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

  /** Why the file must not be published, if its score of an image is not the reported one. */
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

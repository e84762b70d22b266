package io.relook.learning.detectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.learning.backbone.Backbone;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetectorsTest {
  private final List<Detector> detectors =
      new Detectors(Backbone.bundled().descriptor().taps()).all();

  /** Out-of-fold scoring counts the statistics of the others first. */
  @Test
  void thoseThatLearnFromAnomaliesComeLast() {
    assertThat(detectors.stream().map(Detector::learnsFromAnomalies))
        .isSorted()
        .contains(true, false);
  }

  @Test
  void namesAreUnique() {
    assertThat(detectors).extracting(Detector::name).doesNotHaveDuplicates();
  }
}

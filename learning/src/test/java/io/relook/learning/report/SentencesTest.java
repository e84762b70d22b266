package io.relook.learning.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.learning.backbone.Backbone;
import io.relook.learning.detectors.Detectors;
import org.junit.jupiter.api.Test;

class SentencesTest {

  @Test
  void theReportExplainsEveryDetector() {
    assertThat(new Detectors(Backbone.bundled().descriptor().taps()).all())
        .allSatisfy(
            detector ->
                assertThat(Sentences.detector(detector.name())).as(detector.name()).isNotEmpty());
  }
}

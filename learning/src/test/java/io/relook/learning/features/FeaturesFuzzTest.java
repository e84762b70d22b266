package io.relook.learning.features;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Bytes that are not stored features are rejected before anything is allocated for them. To fuzz:
 * {@code JAZZER_FUZZ=1 mvn -Dquick -Djazzer.hooks=true -pl learning test -Dtest=FeaturesFuzzTest}.
 */
class FeaturesFuzzTest {
  @FuzzTest(maxDuration = "2m")
  void fromBytes(byte[] stored) {
    try {
      Features features = Features.fromBytes(stored);
      // What can be read can be written, to the same meaning.
      assertThat(Features.fromBytes(features.toBytes()).taps()).hasSize(features.taps().size());
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageMatching("(?s).{10,400}");
    }
  }
}

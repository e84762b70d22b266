package io.relook.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.relook.job.domain.TrainingImage;
import java.util.List;

/**
 * A training manifest is read or rejected with the number of the line. To fuzz: {@code
 * JAZZER_FUZZ=1 mvn -Dquick -Djazzer.hooks=true -pl job test -Dtest=TrainingManifestFuzzTest}.
 */
class TrainingManifestFuzzTest {
  @FuzzTest(maxDuration = "2m")
  void read(byte[] manifest) {
    try {
      List<TrainingImage> lines = TrainingManifest.read(manifest);
      assertThat(TrainingManifest.read(TrainingManifest.write(lines))).hasSameSizeAs(lines);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}

package io.relook.job.importing;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.relook.job.domain.ImportRequest;
import io.relook.wire.DatasetType;
import io.relook.wire.S3Object;

/**
 * A manifest is imported as a whole or rejected with a sentence. To fuzz: {@code JAZZER_FUZZ=1 mvn
 * -Dquick -Djazzer.hooks=true -pl job test -Dtest=ManifestFuzzTest}.
 */
class ManifestFuzzTest {
  private static final int MAX_IMAGES = 20;
  private static final ImportRequest REQUEST =
      new ImportRequest(
          "1",
          "bolts",
          DatasetType.TRAIN,
          "cut",
          "CreateDataset",
          null,
          new S3Object("theirs", "m.manifest", null),
          null);

  @FuzzTest(maxDuration = "3m")
  void manifest(byte[] bytes) {
    ManifestReader.Result result = ManifestReader.read(REQUEST, bytes, MAX_IMAGES);
    if (result instanceof ManifestReader.Result.Images read) {
      assertThat(read.images()).hasSizeBetween(1, MAX_IMAGES);
    } else if (result instanceof ManifestReader.Result.Rejected rejected) {
      assertThat(rejected.sentence()).endsWith(".").hasSizeLessThan(2000);
    }
  }
}

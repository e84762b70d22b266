package io.relook.schemas.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.relook.schemas.manifest.GroundTruthLine.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The manifests that failed in practice, where they lie beside the directory relook.data. */
class SharedManifestsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          C1-blank-mask-of-normal/train.manifest   | NORMAL, ANOMALY
          C3-two-label-attributes/reviewed.manifest | ANOMALY
          C4-failed-label/output.manifest          | NONE, ANOMALY
          C5-lines-lost-in-import/train.manifest   | NORMAL, NORMAL, NORMAL
          C7-json-sentences/pretty.manifest        | ends inside its JSON object
          C7-json-sentences/concat.manifest        | has more text after its JSON object
          C7-json-sentences/array.manifest         | begins a JSON array
          C7-json-sentences/nan.manifest           | has NaN
          """)
  void areReadOrRefusedInPlainWords(String file, String expected) throws IOException {
    Path manifest =
        Path.of(System.getProperty("relook.data", "/work/shared/data"))
            .resolveSibling("bugs")
            .resolve(file);
    assumeTrue(Files.exists(manifest), () -> "SKIPPED: there is no " + manifest);
    List<Reading> readings =
        Files.readAllLines(manifest).stream().map(GroundTruthLine::read).toList();

    if (readings.get(0) instanceof Reading.Refused refused) {
      assertThat(refused.predicate()).startsWith(expected);
    } else {
      assertThat(
              readings.stream()
                  .map(reading -> ((Reading.Read) reading).line().label().name())
                  .collect(Collectors.joining(", ")))
          .isEqualTo(expected);
    }
  }
}

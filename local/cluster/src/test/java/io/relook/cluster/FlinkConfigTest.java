package io.relook.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlinkConfigTest {
  @TempDir private Path directory = Path.of("");

  /** What Flink does before it ends a process whose memory ran out. */
  static final class MemoryRanOut {
    public static void main(String[] args) {
      OutOfMemoryError error = new OutOfMemoryError("Metaspace");
      ExceptionUtils.tryEnrichOutOfMemoryError(error, "enriched", "", "");
      System.out.print(error.getMessage());
    }
  }

  @Test
  void letsFlinkEndAProcessWhoseMemoryRanOut() throws Exception {
    FlinkConfig config =
        FlinkConfig.generate(Path.of("..", "..", "deploy", "flink"), directory, Map.of());

    assertThat(run(List.of())).as("without options").doesNotContain("enriched");
    assertThat(run(config.taskManagerJavaOptions())).isEqualTo("enriched");
    assertThat(run(config.jobManagerJavaOptions())).isEqualTo("enriched");
  }

  private static String run(List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), MemoryRanOut.class.getName()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return new String(builder.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}

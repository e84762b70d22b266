package io.relook.job.replay;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is replayed: steps, one a line, and the backbone that saw the pictures.
 *
 * @param backbone descriptor beside its ONNX file
 */
record RecordedStream(List<Step> steps, Path backbone) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where inputs and outputs are checked in, from the module's directory. */
  static final Path FOLDER = Path.of("src/test/resources/io/relook/job/replay");

  private static final String STEPS = "stream.jsonl";

  /** The one that is checked in. */
  static RecordedStream read() throws IOException {
    List<Step> steps = new ArrayList<>();
    for (String line : Files.readAllLines(FOLDER.resolve(STEPS))) {
      steps.add(Step.read(JSON.readTree(line)));
    }
    return new RecordedStream(List.copyOf(steps), FOLDER.resolve("small.json").toAbsolutePath());
  }

  /** Replaces the one that is checked in. */
  static void write(List<Step> steps) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Step step : steps) {
      lines.append(Step.write(step)).append('\n');
    }
    Files.createDirectories(FOLDER);
    Files.writeString(FOLDER.resolve(STEPS), lines);
  }
}

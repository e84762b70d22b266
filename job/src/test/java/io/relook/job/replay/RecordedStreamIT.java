package io.relook.job.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.stack.SmallBackbone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The replay of one recorded stream gives the recorded outputs and byte-identical model files. */
class RecordedStreamIT {
  private static final int SHOWN = 25;
  private static final int LONGEST = 400;

  /** Where the outputs of a replay that differs lie, to be compared with those recorded. */
  private static final Path ACTUAL = Path.of("target/replay");

  @Test
  void theRecordedStreamGivesTheRecordedOutputs(@TempDir Path directory) throws Exception {
    if (Boolean.getBoolean("relook.replay.write-stream")) {
      RecordedStream.write(StreamAuthor.write());
      SmallBackbone.write(RecordedStream.FOLDER);
    }
    RecordedStream stream = RecordedStream.read();
    String instructionSet = InstructionSet.name();
    Outputs outputs = Replay.run(stream, directory.resolve("first"));
    if (Boolean.getBoolean("relook.replay.record")) {
      Recording.EXPECTED.write(outputs, instructionSet);
      say("recorded, with the numbers of " + instructionSet + "; nothing was compared.");
      return;
    }
    asRecorded(outputs, instructionSet);
    if (Recording.EXPECTED.hasNumbersOf(instructionSet)) {
      nothing(
          "numbers and digests of models, as recorded for " + instructionSet,
          Recording.EXPECTED.differences(outputs.numbers(), instructionSet));
      say(
          "%d numbers, the model files' digests among them, are those recorded for %s."
              .formatted(outputs.numbers().size(), instructionSet));
    } else {
      // Nobody has recorded this machine's arithmetic: it must agree with itself.
      Outputs again = Replay.run(stream, directory.resolve("second"));
      asRecorded(again, instructionSet);
      nothing(
          "numbers and digests of models of a second replay",
          Recording.differences(outputs.numbers(), again.numbers()));
      say(
          ("%d numbers, the model files' digests among them, are alike in two replays on this"
                  + " machine; none are recorded for %s.")
              .formatted(outputs.numbers().size(), instructionSet));
    }
  }

  private static void asRecorded(Outputs outputs, String instructionSet) throws IOException {
    Files.createDirectories(ACTUAL);
    new Recording(ACTUAL).write(outputs, instructionSet);
    nothing("outputs", Recording.EXPECTED.differences(outputs.files()));
    say(
        "%d values in %d files are those recorded: %s."
            .formatted(
                Recording.values(outputs.files()),
                outputs.files().size(),
                String.join(", ", outputs.files().keySet())));
  }

  private static void nothing(String what, List<String> differences) {
    assertThat(differences.size())
        .as(
            "differences in %s; all: diff -r %s %s%n%s%n",
            what,
            Recording.EXPECTED.folder(),
            ACTUAL,
            differences.stream()
                .limit(SHOWN)
                .map(RecordedStreamIT::shortened)
                .collect(Collectors.joining("\n")))
        .isZero();
  }

  private static String shortened(String difference) {
    return difference.length() <= LONGEST ? difference : difference.substring(0, LONGEST) + " …";
  }

  private static void say(String sentence) {
    System.out.println("Replay: " + sentence);
  }
}

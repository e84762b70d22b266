package io.relook.job.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.check.CommandReader.Reading;
import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectionCode;
import io.relook.job.domain.RejectionReason;
import io.relook.job.kafka.KafkaRecord;
import io.relook.schemas.MessageCodec;
import io.relook.wire.Command;
import io.relook.wire.CreateProject;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class CommandReaderTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final Command COMMAND =
      new Command("r", "1", null, NOON, new CreateProject("bolts", null));
  private static final TrainingOutcome OUTCOME =
      new TrainingOutcome("1", "bolts", "1", "arn", "cut", NOON, new TrainingFailed("X", "Do y."));

  private final MessageCodec codec = MessageCodec.standard();
  private final CommandReader reader = new CommandReader(codec);

  @Test
  void aCommandKeepsItsBytesForAStageThatRejectsIt() {
    assertThat(reader.command(message(codec.encode(COMMAND))))
        .usingRecursiveComparison()
        .isEqualTo(new Reading.Read(RegistryInput.of(message(codec.encode(COMMAND)), COMMAND)));
  }

  @Test
  void anOutcomeKeepsItsBytesForAStageThatRejectsIt() {
    assertThat(reader.outcome(message(codec.encode(OUTCOME))))
        .usingRecursiveComparison()
        .isEqualTo(new Reading.Read(RegistryInput.of(message(codec.encode(OUTCOME)), OUTCOME)));
  }

  @Test
  void anEmptyMessageIsRejected() {
    assertThat(reader.command(message(null)))
        .isEqualTo(rejected("The message has no value; send one record of Command."));
    assertThat(reader.outcome(message(new byte[0])))
        .isEqualTo(
            rejected(
                "The message has no value; send one record of TrainingOutcome, DatasetOutcome."));
  }

  @Test
  void anOutcomeAmongTheCommandsIsRejected() {
    assertThat(reader.command(message(codec.encode(OUTCOME))))
        .isEqualTo(
            rejected(
                "A TrainingOutcome does not belong on the topic commands, which takes Command."));
  }

  @Test
  void jsonIsRejected() {
    assertThat(reader.command(message("{\"createModel\": 1}".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo(
            rejected(
                "The message does not begin with C3 01 and a schema fingerprint; write it in Avro's"
                    + " single-object encoding, without a schema registry's prefix."));
  }

  @RepeatedTest(5)
  void anyBytesAreReadOrRejected(RepetitionInfo repetition) {
    System.out.println("Seed of these bytes: " + repetition.getCurrentRepetition());
    Random random = new Random(repetition.getCurrentRepetition());
    byte[] command = codec.encode(COMMAND);
    byte[] outcome = codec.encode(OUTCOME);
    for (int i = 0; i < 5_000; i++) {
      assertThat(reader.command(message(ImageReaderTest.damaged(command, random)))).isNotNull();
      assertThat(reader.outcome(message(ImageReaderTest.damaged(outcome, random)))).isNotNull();
    }
  }

  private static Reading rejected(String sentence) {
    return new Reading.Rejected(
        new RejectionReason(
            "check-commands", RejectionCode.UNDECODABLE, sentence, null, null, null));
  }

  private static KafkaRecord message(byte @Nullable [] value) {
    return new KafkaRecord("relook.commands", 0, 42, NOON.toEpochMilli(), null, value);
  }
}

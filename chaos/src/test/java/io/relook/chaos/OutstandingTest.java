package io.relook.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.chaos.guarantee.Observation.Place;
import io.relook.schemas.Topic;
import io.relook.wire.CommandReply;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutstandingTest {
  private static final Place COMMAND = new Place(Topic.COMMANDS, 0, 7);

  private final Outstanding outstanding = new Outstanding();

  /** Seen with seed 90210: the reply was there, the TRAINING event was not, and the run ended. */
  @Test
  void aVersionIsOutstandingFromTheReplyThatAdmitsItUntilItsEnd() {
    outstanding.command(COMMAND);
    outstanding.answer(COMMAND, reply());
    assertThat(outstanding.unanswered()).isZero();
    assertThat(outstanding.trainings()).isOne();

    assertThat(outstanding.event(model(ModelStatus.TRAINING))).isFalse();
    assertThat(outstanding.trainings()).isOne();

    assertThat(outstanding.event(model(ModelStatus.TRAINED))).isTrue();
    assertThat(outstanding.trainings()).isZero();
    assertThat(outstanding.event(model(ModelStatus.TRAINED))).isFalse();
  }

  @Test
  void anEndThatIsReadBeforeTheReplyCounts() {
    outstanding.event(model(ModelStatus.TRAINED));
    outstanding.answer(COMMAND, reply());
    outstanding.event(model(ModelStatus.TRAINING));
    assertThat(outstanding.trainings()).isZero();
    assertThat(outstanding.admitted()).isOne();
  }

  @Test
  void anAnswerMayBeReadBeforeItsCommand() {
    outstanding.answer(COMMAND, reply());
    outstanding.command(COMMAND);
    outstanding.command(COMMAND);
    assertThat(outstanding.unanswered()).isZero();

    outstanding.command(new Place(Topic.COMMANDS, 0, 8));
    assertThat(outstanding.unanswered()).isOne();
  }

  private static CommandReply reply() {
    return CommandReply.newBuilder()
        .setRequestId("r")
        .setAccount("000000000000")
        .setOperation("CreateModel")
        .setCommandTopic("relook.commands")
        .setCommandPartition(0)
        .setCommandOffset(7)
        .setCommandTimestamp(Instant.EPOCH)
        .setAnswer(model(ModelStatus.TRAINING))
        .build();
  }

  private static ModelMetadata model(ModelStatus status) {
    return ModelMetadata.newBuilder()
        .setModelArn("arn:aws:lookoutvision:us-east-1:000000000000:model/p/1")
        .setAccount("000000000000")
        .setProjectName("p")
        .setModelVersion("1")
        .setCreationTimestamp(Instant.EPOCH)
        .setStatus(status)
        .setStatusMessage("")
        .setOutputConfig(new OutputConfig(new S3Location("models", "")))
        .setTags(List.of())
        .build();
  }
}

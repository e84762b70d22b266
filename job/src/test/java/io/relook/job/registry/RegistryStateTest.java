package io.relook.job.registry;

import static io.relook.job.registry.RegistryFixtures.ACCOUNT;
import static io.relook.job.registry.RegistryFixtures.NOON;
import static io.relook.job.registry.RegistryFixtures.aCreateModel;
import static io.relook.job.registry.RegistryFixtures.aSuccess;
import static io.relook.job.registry.RegistryFixtures.anOutcome;
import static io.relook.job.registry.RegistryFixtures.command;
import static io.relook.job.registry.RegistryFixtures.modelArn;
import static io.relook.job.registry.RegistryFixtures.standing;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.contract.Contract;
import io.relook.job.domain.RegistryInput;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.signing.TestMarkerKeys;
import io.relook.job.state.StateDescription;
import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.schemas.access.AccessControl;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateProject;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.DeleteModel;
import io.relook.wire.DeleteProject;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ResourceArn;
import io.relook.wire.Tag;
import io.relook.wire.TrainingOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The registry's state across versions, subtasks and time. */
class RegistryStateTest {
  private static final int MAX_PARALLELISM = 16;
  private static final Duration SILENCE =
      Registry.MEMORY.plus(Retention.LONGEST_DOWNTIME).plusSeconds(1);
  private static final List<String> STATES =
      List.of(
          "projects",
          "models",
          "in-training",
          "datasets",
          "deletions",
          "requests",
          "answered",
          "swept",
          "sweep-timer",
          "early-outcomes");

  private Instant now = NOON.plusSeconds(60);
  private long offset = 1_000;

  /** Fails when a state changes; see the message. */
  @Test
  void theStateIsTheOneOfTheNewestVersion() throws Exception {
    try (Subtasks registry =
        new Subtasks(
            1,
            null,
            new RegistrySettings(
                "us-east-1",
                5,
                new RegistryOptions.Quotas(2, 100),
                AccessControl.withoutPolicy("relook"),
                Duration.ofDays(2),
                Duration.ofMinutes(30)))) {
      offset = 0;
      registry.send(new CreateProject("bolts", null));
      registry.send(new CreateProject("nuts", null));
      registry.send(
          aCreateModel().setClientToken("trained").setTags(List.of(new Tag("line", "4"))).build());
      registry.send(aCreateModel().setClientToken("failed").build());
      registry.end(anOutcome(1, aSuccess()));
      registry.end(anOutcome(2, RegistryFixtures.aFailure()));
      registry.send(aCreateModel().setClientToken("training").build());
      registry.end(anOutcome(7, aSuccess()));
      registry.began(DatasetType.TEST);
      OperatorSubtaskState state = registry.snapshot();
      if (!StateDescription.versionToWrite().isEmpty()) {
        OperatorSnapshotUtil.writeStateHandle(
            state, StateDescription.file("registry", StateDescription.versionToWrite()).toString());
      }
      StateDescription.requireAsReleased("registry", state);
    }
  }

  @ParameterizedTest
  @CsvSource({"0.3, 1", "0.3, 3", "0.4, 1", "0.4, 3", "0.5, 1", "0.5, 3"})
  @Contract("STATE-UPGRADE")
  void stateOfEveryVersionIsRestored(String version, int subtasks) throws Exception {
    OperatorSubtaskState state =
        OperatorSnapshotUtil.readStateHandle(StateDescription.file("registry", version).toString());
    try (Subtasks registry =
        new Subtasks(
            subtasks,
            state,
            new RegistrySettings(
                "us-east-1",
                5,
                new RegistryOptions.Quotas(2, 100),
                AccessControl.withoutPolicy("relook"),
                Duration.ofDays(2),
                Duration.ofMinutes(30)))) {
      // A token of before is answered again.
      CommandReply again = registry.send(aCreateModel().setClientToken("training").build());
      assertThat(again.getReplayed()).isTrue();
      assertThat(((ModelMetadata) again.getAnswer()).getModelVersion()).isEqualTo("3");
      assertThat(registry.send(new CreateProject("nuts", null)).getError().getCode())
          .isEqualTo(ExceptionCode.ConflictException);
      // One of two trainings goes on; versions go on behind it.
      CommandReply fourth = registry.send(aCreateModel().build());
      assertThat(((ModelMetadata) fourth.getAnswer()).getModelVersion()).isEqualTo("4");
      assertThat(registry.send(aCreateModel().build()).getError().getCode())
          .isEqualTo(ExceptionCode.ServiceQuotaExceededException);
      registry.end(anOutcome(3, aSuccess()));
      CommandReply fifth = registry.send(aCreateModel().build());
      assertThat(((ModelMetadata) fifth.getAnswer()).getModelVersion()).isEqualTo("5");
      assertThat(registry.send(new DeleteProject("bolts", null)).getError().getMessage())
          .contains("has 5 models");
      assertThat(registry.send(new DeleteModel("bolts", "1", null)).getAnswer())
          .isEqualTo(new ResourceArn(modelArn(1)));
      assertThat(registry.send(new DeleteProject("bolts", null)).getError().getMessage())
          .contains("has 4 models");
      assertThat(registry.send(new DeleteProject("nuts", null)).getError()).isNull();
    }
  }

  @Test
  @Contract("STATE-RESCALE")
  void nothingIsLostByARescale() throws Exception {
    RegistrySettings settings =
        new RegistrySettings(
            "us-east-1",
            5,
            new RegistryOptions.Quotas(1, 2),
            AccessControl.withoutPolicy("relook"),
            Duration.ofDays(2),
            Duration.ofMinutes(30));
    OperatorSubtaskState snapshot;
    try (Subtasks one = new Subtasks(1, null, settings)) {
      one.send(new CreateProject("bolts", "token"));
      one.send(aCreateModel().setTags(List.of(new Tag("a", "b"))).build());
      one.began(DatasetType.TRAIN);
      snapshot = one.snapshot();
    }
    try (Subtasks three = new Subtasks(3, snapshot, settings)) {
      assertThat(three.send(new CreateProject("bolts", "token")).getReplayed()).isTrue();
      // One request of the second is known already.
      assertThat(three.send(aCreateModel().build()).getError().getCode())
          .isEqualTo(ExceptionCode.ServiceQuotaExceededException);
      assertThat(three.send(aCreateModel().build()).getError().getCode())
          .isEqualTo(ExceptionCode.ThrottlingException);
      assertThat(three.send(new DeleteDataset("bolts", DatasetType.TRAIN, null)).getError())
          .isNull();
    }
  }

  @Test
  @Contract("STATE-EMPTY")
  void aSilentAccountLeavesNothing() throws Exception {
    try (Subtasks registry =
        new Subtasks(
            1,
            null,
            new RegistrySettings(
                "us-east-1",
                5,
                new RegistryOptions.Quotas(1, 5),
                AccessControl.withoutPolicy("relook"),
                Duration.ofDays(2),
                Duration.ofMinutes(30)))) {
      registry.send(new CreateProject("bolts", null));
      registry.send(aCreateModel().build());
      registry.end(anOutcome(1, aSuccess()));
      registry.send(new DeleteModel("bolts", "1", null));
      registry.send(new DeleteProject("bolts", null));
      assertThat(registry.left())
          .contains("answered", "deletions", "requests")
          .doesNotContain("projects", "models", "datasets");
      registry.letTimePass(SILENCE);

      assertThat(registry.left()).isEmpty();
    }
  }

  /** The operator in subtasks. */
  private final class Subtasks implements AutoCloseable {
    private final List<KeyedOneInputStreamOperatorTestHarness<String, RegistryInput, TopicRecord>>
        subtasks = new ArrayList<>();

    Subtasks(int count, @Nullable OperatorSubtaskState state, RegistrySettings settings)
        throws Exception {
      for (int i = 0; i < count; i++) {
        var subtask =
            new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(
                    new RegistryFunction(
                        settings,
                        TestMarkerKeys.signing(),
                        new TopicRecords("relook.", "relook."),
                        RegistryFixtures.REJECTED)),
                RegistryInput::account,
                Types.STRING,
                MAX_PARALLELISM,
                count,
                i);
        subtask.setup();
        if (state != null) {
          subtask.initializeState(
              AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  state, MAX_PARALLELISM, 1, count, i));
        }
        subtask.open();
        subtask.setProcessingTime(now.toEpochMilli());
        subtasks.add(subtask);
      }
    }

    private KeyedOneInputStreamOperatorTestHarness<String, RegistryInput, TopicRecord> mine() {
      return subtasks.get(
          KeyGroupRangeAssignment.assignKeyToParallelOperator(
              ACCOUNT, MAX_PARALLELISM, subtasks.size()));
    }

    CommandReply send(Object body) throws Exception {
      String requestId = "request-" + offset;
      mine()
          .processElement(
              new StreamRecord<>(
                  RegistryInput.of(standing(offset++, now), command(requestId, body))));
      return mine().extractOutputValues().stream()
          .filter(record -> record.topic().equals("relook.replies"))
          .map(record -> MessageCodec.standard().decode(Topic.REPLIES, record.value()))
          .map(decoding -> (CommandReply) ((Decoded) decoding).record())
          .filter(reply -> reply.getRequestId().equals(requestId))
          .findFirst()
          .orElseThrow();
    }

    void end(TrainingOutcome outcome) throws Exception {
      mine().processElement(new StreamRecord<>(RegistryInput.of(standing(offset++, now), outcome)));
    }

    void began(DatasetType type) throws Exception {
      DatasetOutcome outcome =
          DatasetOutcome.newBuilder()
              .setAccount(ACCOUNT)
              .setProjectName("bolts")
              .setDatasetType(type)
              .setKind(DatasetOutcomeKind.BEGAN)
              .setEndedAt(now)
              .build();
      mine().processElement(new StreamRecord<>(RegistryInput.of(standing(offset++, now), outcome)));
    }

    OperatorSubtaskState snapshot() throws Exception {
      return subtasks.get(0).snapshot(1, 1);
    }

    void letTimePass(Duration duration) throws Exception {
      now = now.plus(duration);
      mine().setProcessingTime(now.toEpochMilli());
    }

    /** Names of the states that hold something. */
    List<String> left() {
      KeyedStateBackend<String> backend = mine().getOperator().getKeyedStateBackend();
      return STATES.stream()
          .filter(
              state -> {
                try (Stream<String> keys = backend.getKeys(state, VoidNamespace.INSTANCE)) {
                  return keys.findAny().isPresent();
                }
              })
          .toList();
    }

    @Override
    public void close() throws Exception {
      for (var subtask : subtasks) {
        subtask.close();
      }
    }
  }
}

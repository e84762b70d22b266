package io.relook.job.registry;

import static io.relook.job.registry.RegistryFixtures.ACCOUNT;
import static io.relook.job.registry.RegistryFixtures.BOLTS_1;
import static io.relook.job.registry.RegistryFixtures.NOON;
import static io.relook.job.registry.RegistryFixtures.aCreateModel;
import static io.relook.job.registry.RegistryFixtures.aCreateProject;
import static io.relook.job.registry.RegistryFixtures.aSuccess;
import static io.relook.job.registry.RegistryFixtures.anOutcome;
import static io.relook.job.registry.RegistryFixtures.command;
import static io.relook.job.registry.RegistryFixtures.standing;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.contract.Contract;
import io.relook.job.domain.Partitioning;
import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.domain.RejectionCode;
import io.relook.job.kafka.KeyPartition;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.signing.TestMarkerKeys;
import io.relook.schemas.Decoding.Decoded;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateDataset;
import io.relook.wire.CutMarker;
import io.relook.wire.DatasetOutcome;
import io.relook.wire.DatasetOutcomeKind;
import io.relook.wire.DatasetType;
import io.relook.wire.DeleteDataset;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.S3Object;
import io.relook.wire.TrainingOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryFunctionHarnessTest {
  private static final int IMAGE_PARTITIONS = 5;
  private static final Duration LOST_AFTER = Duration.ofDays(3);

  private KeyedOneInputStreamOperatorTestHarness<String, RegistryInput, TopicRecord> harness;
  private Instant now = NOON;
  private long offset;

  @BeforeEach
  void open() throws Exception {
    harness = made();
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void aProjectGoesToItsSenderAndToTheProjects() throws Exception {
    send(command("r-1", aCreateProject("bolts")));

    assertThat(harness.extractOutputValues())
        .extracting(TopicRecord::topic)
        .containsExactly("relook.replies", "relook.projects");
    assertThat(keys())
        .containsExactly("r-1", "arn:aws:lookoutvision:us-east-1:123456789012:project/bolts");
  }

  @Test
  void aModelGoesToItsSenderToTheModelsAndIntoEveryPartitionOfTheImages() throws Exception {
    send(command("r-1", aCreateProject("bolts")), command("r-2", aCreateModel().build()));
    List<TopicRecord> written = harness.extractOutputValues().subList(2, 9);

    assertThat(written)
        .extracting(TopicRecord::topic)
        .containsExactly(
            "relook.replies",
            "relook.models",
            "relook.images",
            "relook.images",
            "relook.images",
            "relook.images",
            "relook.images");
    assertThat(keys().subList(2, 9))
        .containsExactly(
            "r-2",
            BOLTS_1,
            "123456789012/bolts",
            "123456789012/bolts",
            "123456789012/bolts",
            "123456789012/bolts",
            "123456789012/bolts");
    assertThat(written)
        .extracting(TopicRecord::partition)
        .containsExactly(null, null, 0, 1, 2, 3, 4);
  }

  @Test
  void eachMarkerKnowsItsPartitionAndHowManyThereAre() throws Exception {
    send(command("r-1", aCreateProject("bolts")), command("r-2", aCreateModel().build()));
    List<CutMarker> markers =
        harness.extractOutputValues().stream()
            .filter(record -> record.topic().equals("relook.images"))
            .map(record -> decoded(Topic.IMAGES, record, CutMarker.class))
            .toList();

    assertThat(markers).extracting(CutMarker::getPartition).containsExactly(0, 1, 2, 3, 4);
    assertThat(markers)
        .allMatch(marker -> marker.getPartitions() == IMAGE_PARTITIONS)
        .allMatch(marker -> marker.getCutId().equals("relook.commands-0-1"))
        .allMatch(marker -> marker.getModel().getModelArn().equals(BOLTS_1));
  }

  @Test
  void aReplayToOtherOutputsStillMarksTheImagesItReads() throws Exception {
    TopicRecords topics = new TopicRecords("relook.", "replay.");

    assertThat(topics.name(Topic.IMAGES)).isEqualTo("relook.images");
    assertThat(topics.name(Topic.MODELS)).isEqualTo("replay.models");
    assertThat(topics.name(Topic.OUTCOMES)).isEqualTo("replay.outcomes");
  }

  @Test
  void anotherJobGoesOnWhereOneStopped() throws Exception {
    send(
        command("r-1", aCreateProject("bolts")),
        command("r-2", aCreateModel().setClientToken("t").build()));
    OperatorSubtaskState snapshot = harness.snapshot(1, 1);
    harness.close();
    harness = made();
    harness.initializeState(snapshot);
    harness.open();
    send(
        command("r-3", aCreateModel().setClientToken("t").build()),
        command("r-4", aCreateModel().build()));
    end(anOutcome(1, aSuccess()));

    List<TopicRecord> written = harness.extractOutputValues();
    CommandReply again = decoded(Topic.REPLIES, written.get(0), CommandReply.class);
    assertThat(again.getReplayed()).isTrue();
    assertThat(((ModelMetadata) again.getAnswer()).getModelVersion()).isEqualTo("1");
    CommandReply next = decoded(Topic.REPLIES, written.get(1), CommandReply.class);
    assertThat(((ModelMetadata) next.getAnswer()).getModelVersion()).isEqualTo("2");
    ModelMetadata trained =
        decoded(Topic.MODELS, written.get(written.size() - 1), ModelMetadata.class);
    assertThat(trained.getStatus()).isEqualTo(ModelStatus.TRAINED);
    assertThat(trained.getModelArn()).isEqualTo(BOLTS_1);
  }

  @Test
  void withPartitioningByKeyACutGoesIntoThePartitionOfItsProjectAlone() throws Exception {
    RegistrySettings any = RegistryFixtures.GENEROUS;
    harness.close();
    harness =
        made(
            new RegistrySettings(
                any.region(),
                5,
                Partitioning.BY_KEY,
                any.quotas(),
                any.access(),
                any.longestTraining(),
                any.longestImport()));
    harness.open();
    send(command("r-1", aCreateProject("bolts")), command("r-2", aCreateModel().build()));

    List<TopicRecord> markers =
        harness.extractOutputValues().stream()
            .filter(record -> record.topic().equals("relook.images"))
            .toList();
    int own = KeyPartition.of("123456789012/bolts", 5);
    assertThat(own).as("or it would be that of every other cut").isNotZero();
    assertThat(markers).extracting(TopicRecord::partition).containsExactly(own);
    CutMarker marker = decoded(Topic.IMAGES, markers.get(0), CutMarker.class);
    assertThat(marker.getPartition()).isEqualTo(own);
    assertThat(marker.getPartitions()).isEqualTo(1);
  }

  @Test
  void accountsKnowNothingOfEachOther() throws Exception {
    Command other =
        Command.newBuilder(command("r-2", aCreateModel().build())).setAccount("other").build();
    send(command("r-1", aCreateProject("bolts")), other);

    assertThat(decoded(Topic.REPLIES, written(2), CommandReply.class).getError().getMessage())
        .isEqualTo(
            "There is no project bolts: check ProjectName, or create it with CreateProject.");
  }

  @Test
  void anEarlyEndIsKeptUntilItsCommandComes() throws Exception {
    send(command("r-1", aCreateProject("bolts")));
    end(anOutcome(1, aSuccess()));
    assertThat(left()).contains("early-outcomes");
    send(command("r-2", aCreateModel().build()));

    assertThat(left()).containsExactly("answered", "models", "projects", "swept");
  }

  @Test
  void aCommandOnWhichADecisionFailsIsRejectedAtOnceAndLeavesNothing() throws Exception {
    send(command("r-1", aCreateProject("bolts")));
    // An end of neither kind, which makes the decision fail after everything is written.
    end(anOutcome(1, "neither"));
    Set<String> before = left();
    for (int i = 0; i < 20; i++) {
      send(command("bad-" + i, aCreateModel().setClientToken("bad-" + i).build()));
    }

    assertThat(rejected()).hasSize(20);
    RejectedMessage first = rejected().get(0);
    assertThat(first.origin().place()).isEqualTo("relook.commands-0-2");
    assertThat(first.reason().code()).isEqualTo(RejectionCode.POISON);
    assertThat(first.reason().stage()).isEqualTo("registry");
    assertThat(first.reason().account()).isEqualTo(ACCOUNT);
    assertThat(first.reason().message())
        .startsWith("relook failed while applying this message: ClassCastException:");
    assertThat(harness.extractOutputValues().subList(2, 22))
        .allMatch(record -> record.topic().equals("relook.replies"));
    CommandReply reply = decoded(Topic.REPLIES, written(2), CommandReply.class);
    assertThat(reply.getRequestId()).isEqualTo("bad-0");
    assertThat(reply.getError().getCode()).isEqualTo(ExceptionCode.InternalServerException);
    assertThat(left()).isEqualTo(before).contains("early-outcomes").doesNotContain("models");
    assertThat(tokens()).isEqualTo(1);

    // A sound end takes the place of the bad one; the versions of before were never given.
    end(anOutcome(1, aSuccess()));
    send(command("r-2", aCreateModel().build()));
    CommandReply next = decoded(Topic.REPLIES, written(22), CommandReply.class);
    assertThat(((ModelMetadata) next.getAnswer()).getModelVersion()).isEqualTo("1");
  }

  @Test
  void anOutcomeOnWhichADecisionFailsIsRejectedAtOnce() throws Exception {
    TrainingOutcome bad = anOutcome(1, aSuccess());
    bad.setModelVersion("not a number");
    end(bad);

    assertThat(rejected()).hasSize(1);
    assertThat(rejected().get(0).reason().message()).contains("NumberFormatException");
    assertThat(harness.extractOutputValues()).isEmpty();
    assertThat(left()).isEmpty();
  }

  @Test
  @Contract("STATE-EMPTY")
  void tokensAreSweptAfterEightHours() throws Exception {
    send(command("r-0", aCreateProject("bolts")));
    for (int i = 1; i <= 20; i++) {
      send(command("r-" + i, aCreateModel().setClientToken("t-" + i).build()));
    }
    assertThat(tokens()).isEqualTo(21);
    now = NOON.plus(Duration.ofHours(9));
    send(command("r-21", aCreateModel().setClientToken("new").build()));

    assertThat(tokens()).isEqualTo(1);
  }

  @Test
  void aTokenOfEightHoursIsNeverSweptTooEarly() throws Exception {
    send(command("r-0", aCreateProject("bolts")));
    for (int minute = 0; minute < 24 * 60; minute += 7) {
      now = NOON.plus(Duration.ofMinutes(minute));
      send(command("a", aCreateModel().setClientToken("t-" + minute).build()));
    }
    int versions = state("models", ModelMetadata.class);
    Instant last = now;
    for (int minute = 24 * 60; minute > 0; minute--) {
      Instant sent = NOON.plus(Duration.ofMinutes(minute));
      if (minute % 7 == 0 && Duration.between(sent, last).compareTo(Duration.ofHours(8)) < 0) {
        send(command("b", aCreateModel().setClientToken("t-" + minute).build()));
      }
    }

    assertThat(state("models", ModelMetadata.class)).isEqualTo(versions);
  }

  @Test
  void aTrainingWhoseEndIsLostFailsByItself() throws Exception {
    harness.setProcessingTime(NOON.toEpochMilli());
    send(command("r-1", aCreateProject("bolts")), command("r-2", aCreateModel().build()));
    now = NOON.plus(Duration.ofHours(1));
    send(command("r-3", aCreateModel().build()));
    end(anOutcome(2, aSuccess()));
    int written = harness.extractOutputValues().size();
    harness.setProcessingTime(NOON.plus(LOST_AFTER).minusMillis(1).toEpochMilli());
    assertThat(harness.extractOutputValues()).as("it may still end").hasSize(written);

    harness.setProcessingTime(NOON.plus(LOST_AFTER).toEpochMilli());
    assertThat(harness.extractOutputValues()).hasSize(written + 1);
    TrainingOutcome lost = decoded(Topic.OUTCOMES, written(written), TrainingOutcome.class);
    assertThat(lost.getModelArn()).isEqualTo(BOLTS_1);

    now = NOON.plus(LOST_AFTER);
    end(lost);
    ModelMetadata failed = decoded(Topic.MODELS, written(written + 1), ModelMetadata.class);
    assertThat(failed.getStatus()).isEqualTo(ModelStatus.TRAINING_FAILED);
    assertThat(failed.getStatusMessage())
        .isEqualTo(
            "The training has not ended within 72 h, and takes no longer: its end was lost. Create"
                + " the model again.");
    end(anOutcome(1, aSuccess()));
    assertThat(harness.extractOutputValues()).as("a late end").hasSize(written + 2);
    harness.setProcessingTime(NOON.plus(LOST_AFTER).plus(Duration.ofHours(2)).toEpochMilli());
    assertThat(harness.extractOutputValues()).as("the other one has ended").hasSize(written + 2);
  }

  @Test
  void aDataSetWhoseImportIsLostIsFreedByItself() throws Exception {
    harness.setProcessingTime(NOON.toEpochMilli());
    CreateDataset importing =
        CreateDataset.newBuilder()
            .setProjectName("bolts")
            .setDatasetType(DatasetType.TRAIN)
            .setGroundTruthManifest(new S3Object("factory", "train.manifest", null))
            .build();
    send(command("r-1", aCreateProject("bolts")), command("r-2", importing));
    int written = harness.extractOutputValues().size();
    harness.setProcessingTime(NOON.plus(Duration.ofDays(2)).toEpochMilli());

    DatasetOutcome lost = decoded(Topic.OUTCOMES, written(written), DatasetOutcome.class);
    assertThat(lost.getCutId()).isEqualTo("relook.commands-0-1");
    assertThat(lost.getKind()).isEqualTo(DatasetOutcomeKind.IMPORT_REFUSED);
    assertThat(lost.getMessage()).startsWith("The import has not ended within 24 h, and takes");
    harness.processElement(new StreamRecord<>(RegistryInput.of(standing(offset++, now), lost)));
    send(command("r-3", new DeleteDataset("bolts", DatasetType.TRAIN, null)));
    List<TopicRecord> after =
        harness
            .extractOutputValues()
            .subList(written + 1 + IMAGE_PARTITIONS, harness.extractOutputValues().size());
    assertThat(decoded(Topic.REPLIES, after.get(0), CommandReply.class).getError()).isNull();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, RegistryInput, TopicRecord> made()
      throws Exception {
    return made(RegistryFixtures.GENEROUS);
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, RegistryInput, TopicRecord> made(
      RegistrySettings settings) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(
            new RegistryFunction(
                settings,
                TestMarkerKeys.signing(),
                new TopicRecords("relook.", "relook."),
                RegistryFixtures.REJECTED)),
        RegistryInput::account,
        Types.STRING);
  }

  private void send(Command... commands) throws Exception {
    for (Command command : commands) {
      harness.processElement(
          new StreamRecord<>(RegistryInput.of(standing(offset++, now), command)));
    }
  }

  private void end(TrainingOutcome outcome) throws Exception {
    harness.processElement(new StreamRecord<>(RegistryInput.of(standing(offset++, now), outcome)));
  }

  private List<RejectedMessage> rejected() {
    var side = harness.getSideOutput(RegistryFixtures.REJECTED);
    return side == null ? List.of() : side.stream().map(StreamRecord::getValue).toList();
  }

  private TopicRecord written(int index) {
    return harness.extractOutputValues().get(index);
  }

  private List<String> keys() {
    return harness.extractOutputValues().stream()
        .map(record -> new String(record.key(), StandardCharsets.UTF_8))
        .toList();
  }

  private static <T> T decoded(Topic topic, TopicRecord record, Class<T> type) {
    return type.cast(((Decoded) MessageCodec.standard().decode(topic, record.value())).record());
  }

  private Set<String> left() {
    Set<String> left = new TreeSet<>();
    KeyedStateBackend<String> backend = harness.getOperator().getKeyedStateBackend();
    for (String state : List.of("projects", "models", "answered", "swept", "early-outcomes")) {
      try (Stream<String> keys = backend.getKeys(state, VoidNamespace.INSTANCE)) {
        if (keys.anyMatch(ACCOUNT::equals)) {
          left.add(state);
        }
      }
    }
    return left;
  }

  private int tokens() throws Exception {
    return state("answered", FirstReply.class);
  }

  /** How many entries one of the maps has. */
  private <T> int state(String name, Class<T> type) throws Exception {
    KeyedStateBackend<String> backend = harness.getOperator().getKeyedStateBackend();
    backend.setCurrentKey(ACCOUNT);
    MapState<String, T> map =
        backend.getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new MapStateDescriptor<>(name, String.class, type));
    int count = 0;
    for (String ignored : map.keys()) {
      count++;
    }
    return count;
  }
}

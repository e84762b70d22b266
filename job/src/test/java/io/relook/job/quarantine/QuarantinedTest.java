package io.relook.job.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.relook.job.check.CheckCommandsFunction;
import io.relook.job.check.CheckImagesFunction;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.registry.RegistryFunction;
import io.relook.job.registry.RegistryOptions;
import io.relook.job.registry.RegistrySettings;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.job.signing.TestMarkerKeys;
import io.relook.schemas.Decoding;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.schemas.access.AccessControl;
import io.relook.schemas.access.AccessPolicy;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateProject;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ImageWithdrawal;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

/** What a keyed stage failed on is rejected by the check when it is read again. */
class QuarantinedTest {
  private static final OutputTag<RejectedMessage> REFUSED =
      new OutputTag<>("refused", TypeInformation.of(RejectedMessage.class));
  private static final OutputTag<TopicRecord> REPLIES =
      new OutputTag<>("replies", TypeInformation.of(TopicRecord.class));
  private static final TopicRecords TOPICS = new TopicRecords("relook.", "relook.");
  private static final ImageWithdrawal WITHDRAWAL = new ImageWithdrawal("1", "bolts", "ref", null);
  private static final Command COMMAND =
      new Command("r-1", "1", null, Instant.EPOCH, new CreateProject("bolts", "token"));

  private final List<CommandReply> replies = new ArrayList<>();
  private final InMemoryObjectStore store = new InMemoryObjectStore("relook");
  private final QuarantineSettings quarantine =
      new QuarantineSettings(new OwnBucket(store.factory(), "relook", null), 3, 10);

  @Test
  void aCommandThatTheRegistryFailsOnIsRefusedAfterTheRestart() throws Exception {
    RegistrySettings failing =
        new RegistrySettings(
            "us-east-1",
            5,
            new RegistryOptions.Quotas(2, 100),
            new AccessControl("relook", new AccessPolicy(List.of(failing()))));
    KafkaRecord origin = record("relook.commands", COMMAND);
    try (var registry =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<String, RegistryInput, TopicRecord>(
                new RegistryFunction(failing, TestMarkerKeys.signing(), quarantine, TOPICS)),
            RegistryInput::account,
            Types.STRING)) {
      registry.open();
      assertThatThrownBy(
              () ->
                  registry.processElement(
                      new StreamRecord<>(RegistryInput.of(origin.withoutValue(), COMMAND))))
          .hasMessage("a defect");
    }

    List<RejectedMessage> rejected = checkedCommands(origin);
    assertThat(rejected).hasSize(1);
    assertThat(rejected.get(0).reason().message())
        .startsWith("relook failed while applying this message: IllegalStateException: a defect.");
    assertThat(rejected.get(0).origin().value()).isEqualTo(origin.value());
    CommandReply reply = only(replies);
    assertThat(reply.getRequestId()).isEqualTo("r-1");
    assertThat(reply.getCommandOffset()).isEqualTo(origin.offset());
    assertThat(reply.getError().getCode()).isEqualTo(ExceptionCode.InternalServerException);
    assertThat(reply.getError().getRetryAfterSeconds()).isNotNull();
    assertThat(reply.getError().getMessage())
        .startsWith("relook fails on this command")
        .contains("in the rejections, as relook.commands-1-7:");
    replies.clear();
    assertThat(checkedCommands(new KafkaRecord("relook.commands", 1, 8, 0, null, origin.value())))
        .as("the same sent again")
        .isEmpty();
    assertThat(replies).as("it is for the registry to answer").isEmpty();
  }

  /** A statement that cannot be read. */
  private static AccessPolicy.Statement failing() {
    List<String> operations =
        new AbstractList<>() {
          @Override
          public String get(int index) {
            throw new IllegalStateException("a defect");
          }

          @Override
          public int size() {
            return 1;
          }
        };
    return new AccessPolicy.Statement(null, null, operations, null, null, null);
  }

  @Test
  void aCondemnedWithdrawalIsRefusedWithItsNames() throws Exception {
    KafkaRecord origin = record("relook.images", WITHDRAWAL);
    assertThat(checkedImages(origin)).isEmpty();

    Quarantine.add(quarantine, origin, new NullPointerException());

    List<RejectedMessage> rejected = checkedImages(origin);
    assertThat(rejected).hasSize(1);
    assertThat(rejected.get(0).reason().project()).isEqualTo("bolts");
    assertThat(rejected.get(0).reason().sourceRef()).isEqualTo("ref");
  }

  @Test
  void oneThatIsClearedWhileSuspectsAreReadHidesNoOther() throws Exception {
    KafkaRecord cleared = new KafkaRecord("relook.images", 0, 3, 0, null, null);
    KafkaRecord origin = record("relook.images", WITHDRAWAL);
    Quarantine.add(quarantine, cleared, new NullPointerException());
    Quarantine.add(quarantine, origin, new NullPointerException());
    store.removeBeforeGet("poison/relook.images/0-3");

    Quarantine suspects = Quarantine.known(quarantine);

    assertThat(suspects.sentence(cleared)).isEmpty();
    assertThat(suspects.sentence(origin)).isPresent();
  }

  private List<RejectedMessage> checkedCommands(KafkaRecord origin) throws Exception {
    try (var check =
        new OneInputStreamOperatorTestHarness<KafkaRecord, RegistryInput>(
            new ProcessOperator<>(
                new CheckCommandsFunction(Topic.COMMANDS, quarantine, REFUSED, TOPICS, REPLIES)))) {
      check.open();
      check.processElement(new StreamRecord<>(origin));
      var side = check.getSideOutput(REPLIES);
      if (side != null) {
        side.forEach(element -> replies.add(reply(element.getValue())));
      }
      return rejected(check);
    }
  }

  private List<RejectedMessage> checkedImages(KafkaRecord origin) throws Exception {
    try (var check =
        new OneInputStreamOperatorTestHarness<KafkaRecord, CheckedImage>(
            new ProcessOperator<>(
                new CheckImagesFunction(
                    1_000,
                    AccessControl.withoutPolicy("relook"),
                    TestMarkerKeys.verifying(),
                    quarantine,
                    REFUSED)))) {
      check.open();
      check.processElement(new StreamRecord<>(origin));
      return rejected(check);
    }
  }

  private static List<RejectedMessage> rejected(OneInputStreamOperatorTestHarness<?, ?> harness) {
    List<RejectedMessage> rejected = new ArrayList<>();
    var side = harness.getSideOutput(REFUSED);
    if (side != null) {
      side.forEach(element -> rejected.add(element.getValue()));
    }
    return rejected;
  }

  private static CommandReply reply(TopicRecord record) {
    assertThat(record.topic()).isEqualTo("relook.replies");
    return (CommandReply)
        ((Decoding.Decoded) MessageCodec.standard().decode(Topic.REPLIES, record.value())).record();
  }

  private static CommandReply only(List<CommandReply> replies) {
    assertThat(replies).hasSize(1);
    return replies.get(0);
  }

  private static KafkaRecord record(String topic, SpecificRecord record) {
    return new KafkaRecord(topic, 1, 7, 0, null, MessageCodec.standard().encode(record));
  }
}

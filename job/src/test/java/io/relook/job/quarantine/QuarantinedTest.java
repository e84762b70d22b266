package io.relook.job.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.check.CheckCommandsFunction;
import io.relook.job.check.CheckImagesFunction;
import io.relook.job.check.ImageRules;
import io.relook.job.domain.CheckedImage;
import io.relook.job.domain.RegistryInput;
import io.relook.job.domain.RejectedMessage;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.kafka.TopicInstance;
import io.relook.job.kafka.TopicRecord;
import io.relook.job.kafka.TopicRecords;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.job.s3.OwnBucket;
import io.relook.job.signing.TestMarkerKeys;
import io.relook.schemas.Decoding;
import io.relook.schemas.MessageCodec;
import io.relook.schemas.Topic;
import io.relook.schemas.access.AccessControl;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateProject;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ImageWithdrawal;
import io.relook.wire.S3Object;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known against a message in relook's bucket, and who believes it. */
class QuarantinedTest {
  private static final OutputTag<RejectedMessage> REFUSED =
      new OutputTag<>("refused", TypeInformation.of(RejectedMessage.class));
  private static final OutputTag<TopicRecord> REPLIES =
      new OutputTag<>("replies", TypeInformation.of(TopicRecord.class));
  private static final TopicRecords TOPICS = new TopicRecords("relook.", "relook.");
  private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");
  private static final String KEY = "poison/relook.images/1-7";
  private static final KafkaRecord ORIGIN = new KafkaRecord("relook.images", 1, 7, 0, null, null);

  /** An entry of relook 0.3, whose keyed stages could not take back what they had written. */
  private static final String CONDEMNED =
      "{\"crashes\":0,\"condemned\":\"relook failed: a defect.\"}";

  private static final ImageWithdrawal WITHDRAWAL = new ImageWithdrawal("1", "bolts", "ref", null);
  private static final Command COMMAND =
      new Command("r-1", "1", null, Instant.EPOCH, new CreateProject("bolts", "token"));

  private final List<CommandReply> replies = new ArrayList<>();
  private final InMemoryObjectStore store = new InMemoryObjectStore("relook");
  private final QuarantineSettings quarantine =
      new QuarantineSettings(new OwnBucket(store.factory(), "relook", null), 3, 10);

  @Test
  void aCommandInQuarantineIsRejectedAndAnswered() throws Exception {
    KafkaRecord origin = record("relook.commands", COMMAND);
    put("poison/relook.commands/1-7", CONDEMNED);

    List<RejectedMessage> rejected = checkedCommands(origin);

    assertThat(rejected).hasSize(1);
    assertThat(rejected.get(0).reason().message()).isEqualTo("relook failed: a defect.");
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

  @Test
  void aWithdrawalInQuarantineIsRejectedWithItsNames() throws Exception {
    KafkaRecord origin = record("relook.images", WITHDRAWAL);
    assertThat(checkedImages(origin)).isEmpty();

    put(KEY, CONDEMNED);

    List<RejectedMessage> rejected = checkedImages(origin);
    assertThat(rejected).hasSize(1);
    assertThat(rejected.get(0).reason().project()).isEqualTo("bolts");
    assertThat(rejected.get(0).reason().sourceRef()).isEqualTo("ref");
  }

  @Test
  void oneThatIsClearedWhileSuspectsAreReadHidesNoOther() throws Exception {
    put("poison/relook.images/0-3", CONDEMNED);
    put(KEY, CONDEMNED);
    store.removeBeforeGet("poison/relook.images/0-3");

    Quarantine suspects = Quarantine.known(quarantine);

    assertThat(suspects.sentence(new KafkaRecord("relook.images", 0, 3, 0, null, null))).isEmpty();
    assertThat(suspects.sentence(ORIGIN)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // a folder of a console
        "null",
        "not JSON",
        "[1]",
        "{\"crashes\":3,\"unknown\":1}",
        "{\"crashes\":3,\"writtenAt\":\"noon\"}"
      })
  void oneObjectThatSaysNothingHidesNoOther(String written) throws Exception {
    put("poison/", written);
    put("poison/relook.images/0-1", written);
    put(KEY, CONDEMNED);

    Quarantine suspects = Quarantine.known(quarantine);

    assertThat(suspects.sentence(ORIGIN)).isPresent();
    assertThat(suspects.sentence(new KafkaRecord("relook.images", 0, 1, 0, null, null))).isEmpty();
    assertThat(suspects.ignored()).isEqualTo(2);
    assertThat(suspects.quarantined()).isEqualTo(1);
  }

  @Test
  void oneObjectThatIsTooLargeHidesNoOther() throws Exception {
    put("poison/relook.images/0-1", " ".repeat(1024 * 1024));
    put(KEY, CONDEMNED);

    assertThat(Quarantine.known(quarantine).sentence(ORIGIN)).isPresent();
  }

  @Test
  void whatIsKnownOfAnEarlierTopicSaysNothingAboutTheMessagesOfThisOne() throws Exception {
    QuarantineSettings first = in("first", -1);
    QuarantineSettings second = in("second", -1);
    Quarantine before = Quarantine.open(first);
    for (int crash = 0; crash < 3; crash++) {
      before = Quarantine.open(first);
      before.markInFlight(ORIGIN);
    }
    assertThat(Quarantine.known(first).sentence(ORIGIN)).isPresent();

    Quarantine after = Quarantine.open(second);

    assertThat(after.sentence(ORIGIN)).isEmpty();
    assertThat(after.crashes(ORIGIN)).isZero();
    assertThat(after.ignored()).isEqualTo(1);
    after.markInFlight(ORIGIN);
    assertThat(Quarantine.known(second).crashes(ORIGIN)).isEqualTo(1);
  }

  @Test
  void whatIsKnownAgesOutWithTheTopic() throws Exception {
    QuarantineSettings settings = in("first", Duration.ofDays(30).toMillis());
    Quarantine.open(settings, at(NOON)).markInFlight(ORIGIN);

    assertThat(Quarantine.open(settings, at(NOON.plus(Duration.ofDays(30)))).suspects()).isOne();
    Quarantine later = Quarantine.open(settings, at(NOON.plus(Duration.ofDays(31))));

    assertThat(later.crashes(ORIGIN)).isZero();
    assertThat(later.suspects()).isZero();
    assertThat(later.ignored()).isEqualTo(1);
    assertThat(store.bucket("relook")).as("it is removed").isEmpty();
  }

  @Test
  void anEntryOfAnEarlierVersionCounts() throws Exception {
    put(KEY, "{\"crashes\":3,\"condemned\":null}");

    assertThat(Quarantine.open(in("first", 1), at(NOON)).sentence(ORIGIN))
        .hasValueSatisfying(
            sentence -> assertThat(sentence).startsWith("The process ended 3 times"));
  }

  private QuarantineSettings in(String topicId, long retentionMillis) {
    return quarantine.with(Map.of("relook.images", new TopicInstance(topicId, retentionMillis)));
  }

  private static Clock at(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }

  private void put(String key, String written) throws Exception {
    store.put(
        new S3Object("relook", key, null),
        written.getBytes(StandardCharsets.UTF_8),
        "application/json",
        Optional.empty());
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
                    new ImageRules(1_000),
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

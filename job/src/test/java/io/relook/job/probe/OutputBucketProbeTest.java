package io.relook.job.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.async.OrderedStep.Emission;
import io.relook.job.async.OrderedStep.Outputs;
import io.relook.job.contract.Contract;
import io.relook.job.domain.OutputBucket;
import io.relook.job.domain.OutputBucket.Verdict;
import io.relook.job.domain.RegistryInput;
import io.relook.job.kafka.KafkaRecord;
import io.relook.job.s3.InMemoryObjectStore;
import io.relook.schemas.access.AccessControl;
import io.relook.wire.Command;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.OutputConfig;
import io.relook.wire.S3Location;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputBucketProbeTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  private final InMemoryObjectStore store = new InMemoryObjectStore("models");
  private Instant now = NOON;
  private final OutputBucketProbe probe =
      new OutputBucketProbe(
          store,
          Duration.ofSeconds(5),
          Duration.ofMinutes(1),
          AccessControl.withoutPolicy("relook"),
          new Now());

  @Test
  @Contract("ACCESS-PROBE")
  void aBucketIsFoundOrNot() {
    assertThat(probed("models").verdict()).isEqualTo(Verdict.WRITABLE);
    assertThat(probed("none"))
        .isEqualTo(
            new OutputBucket(
                Verdict.MISSING, "There is no bucket none. Create it, or name another one."));
    store.forbid("secret");
    assertThat(probed("secret").verdict()).isEqualTo(Verdict.FORBIDDEN);
  }

  @Test
  @Contract("ACCESS-BUCKET")
  void aBucketOfAnotherRegionIsToldWithBothRegions() {
    store.moveElsewhere("models");

    assertThat(probed("models"))
        .isEqualTo(
            new OutputBucket(
                Verdict.OTHER_REGION,
                "The bucket models is in the region eu-west-1, not us-east-1. Name a bucket in the"
                    + " region of this service."));
  }

  @Test
  @Contract("ACCESS-PROBE")
  void aResultHoldsForAMinute() {
    assertThat(probed("models").verdict()).isEqualTo(Verdict.WRITABLE);
    store.removeBucket("models");
    now = NOON.plusSeconds(59);
    assertThat(probed("models").verdict()).isEqualTo(Verdict.WRITABLE);
    now = NOON.plusSeconds(60);

    assertThat(probed("models").verdict()).isEqualTo(Verdict.MISSING);
  }

  @Test
  void aStoreThatDoesNotAnswerIsAskedAgain() {
    store.unreachable(true);
    assertThat(probed("models"))
        .isEqualTo(
            new OutputBucket(
                Verdict.UNREACHABLE,
                "the object store did not answer, or answered with an error, within 5"
                    + " seconds. Send the same request again after RetryAfterSeconds."));
    store.unreachable(false);

    assertThat(probed("models").verdict()).isEqualTo(Verdict.WRITABLE);
  }

  @Test
  void aProbeThatFailsByADefectIsAnsweredAndFailsNoTask() {
    store.throwNext(new NullPointerException());

    OutputBucket found = probed("models");

    assertThat(found.verdict()).isEqualTo(Verdict.UNREACHABLE);
    assertThat(found.message())
        .isEqualTo(
            "relook failed while probing it (NullPointerException). Send the same request again"
                + " after RetryAfterSeconds. If that fails too, it is a defect of relook: report it"
                + " with the log of the task manager, and name another bucket or prefix.");
    assertThat(probed("models").verdict()).as("tried again").isEqualTo(Verdict.WRITABLE);
  }

  @Test
  void aCommandWhoseLocationCannotBeReadIsForTheRegistryToReject() {
    RegistryInput input = input("no operation");

    assertThat(emitted(probe.atOnce(input).orElseThrow())).isSameAs(input);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "relook"})
  void nothingIsAskedForACommandThatIsRefusedAnyway(String bucket) {
    RegistryInput input =
        input(
            CreateModel.newBuilder()
                .setProjectName("bolts")
                .setOutputConfig(new OutputConfig(new S3Location(bucket, "poison/")))
                .build());

    assertThat(emitted(probe.atOnce(input).orElseThrow())).isSameAs(input);
  }

  @Test
  void otherCommandsPassAtOnce() {
    RegistryInput input = input(new CreateProject("bolts", null));

    assertThat(emitted(probe.atOnce(input).orElseThrow())).isSameAs(input);
  }

  private OutputBucket probed(String bucket) {
    RegistryInput input =
        input(
            CreateModel.newBuilder()
                .setProjectName("bolts")
                .setOutputConfig(new OutputConfig(new S3Location(bucket, "out/")))
                .build());
    return Objects.requireNonNull(
        emitted(probe.atOnce(input).orElseGet(() -> probe.work(input))).outputBucket());
  }

  private static RegistryInput input(Object body) {
    return RegistryInput.of(
        new KafkaRecord("relook.commands", 0, 1, NOON.toEpochMilli(), null, null),
        new Command(null, "1", null, NOON, body));
  }

  private static RegistryInput emitted(Emission<RegistryInput> emission) {
    List<RegistryInput> emitted = new ArrayList<>();
    emission.into(
        new Outputs<>() {
          @Override
          public void main(RegistryInput value) {
            emitted.add(value);
          }

          @Override
          public <X> void side(OutputTag<X> tag, X value) {
            throw new AssertionError("Nothing is rejected here");
          }
        });
    assertThat(emitted).hasSize(1);
    return emitted.get(0);
  }

  private final class Now extends Clock {
    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}

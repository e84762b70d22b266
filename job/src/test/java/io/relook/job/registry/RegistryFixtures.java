package io.relook.job.registry;

import io.relook.job.domain.RejectedMessage;
import io.relook.job.kafka.KafkaRecord;
import io.relook.schemas.access.AccessControl;
import io.relook.wire.Command;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.ModelPerformance;
import io.relook.wire.OutputConfig;
import io.relook.wire.Provenance;
import io.relook.wire.S3Location;
import io.relook.wire.S3Object;
import io.relook.wire.TrainingFailed;
import io.relook.wire.TrainingOutcome;
import io.relook.wire.TrainingSucceeded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/** Words for the tests of this package. */
public final class RegistryFixtures {
  public static final String ACCOUNT = "123456789012";
  public static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  public static final String BOLTS_1 = modelArn(1);

  public static final int IMAGE_PARTITIONS = 5;

  /** Quotas that no test meets by accident. */
  public static final RegistrySettings GENEROUS =
      new RegistrySettings(
          "us-east-1",
          IMAGE_PARTITIONS,
          new RegistryOptions.Quotas(1_000, 1_000_000),
          AccessControl.withoutPolicy("relook"),
          Duration.ofDays(2),
          Duration.ofMinutes(30));

  /** Where the registry's function sends what it rejects. */
  public static final OutputTag<RejectedMessage> REJECTED =
      new OutputTag<>("rejected", TypeInformation.of(RejectedMessage.class));

  private RegistryFixtures() {}

  public static String modelArn(int version) {
    return "arn:aws:lookoutvision:us-east-1:" + ACCOUNT + ":model/bolts/" + version;
  }

  public static CreateProject aCreateProject(String name) {
    return CreateProject.newBuilder().setProjectName(name).build();
  }

  public static CreateModel.Builder aCreateModel() {
    return CreateModel.newBuilder()
        .setProjectName("bolts")
        .setOutputConfig(new OutputConfig(new S3Location("models", "relook/")));
  }

  public static Command command(@Nullable String requestId, Object body) {
    return Command.newBuilder()
        .setRequestId(requestId)
        .setAccount(ACCOUNT)
        .setRequestedAt(NOON)
        .setBody(body)
        .build();
  }

  public static KafkaRecord standing(long offset, Instant at) {
    return new KafkaRecord("relook.commands", 0, offset, at.toEpochMilli(), null, null);
  }

  public static TrainingOutcome anOutcome(int version, Object outcome) {
    return TrainingOutcome.newBuilder()
        .setAccount(ACCOUNT)
        .setProjectName("bolts")
        .setModelVersion(Integer.toString(version))
        .setModelArn(modelArn(version))
        .setCutId("relook.commands-0-1")
        .setEndedAt(NOON.plusSeconds(60))
        .setOutcome(outcome)
        .build();
  }

  public static TrainingSucceeded aSuccess() {
    return TrainingSucceeded.newBuilder()
        .setPerformance(new ModelPerformance(0.75, 1.0, 0.6))
        .setEvaluationManifest(file("manifest"))
        .setEvaluationResult(file("result"))
        .setModelFile(file("model"))
        .setTrainingManifest(file("training"))
        .setReport(file("report"))
        .setProvenance(
            Provenance.newBuilder()
                .setTrainingManifestDigest("aa")
                .setModelFileDigest("bb")
                .setBackboneName("lite0")
                .setBackboneDigest("cc")
                .setInputArea(65536)
                .setSeed(42)
                .setExecutionProvider("CPU")
                .setHeads(List.of("bank"))
                .setRegime("full")
                .setThreshold(0.5)
                .setTrainingImages(20)
                .setTestImages(20)
                .setTrainingMillis(1000)
                .setRelookVersion("0.1.0")
                .setRuntime("17")
                .setSettings(Map.of())
                .build())
        .build();
  }

  public static TrainingFailed aFailure() {
    return new TrainingFailed("TOO_FEW_IMAGES", "Add images, then create the model again.");
  }

  public static S3Object file(String name) {
    return new S3Object("models", "relook/" + name, null);
  }
}

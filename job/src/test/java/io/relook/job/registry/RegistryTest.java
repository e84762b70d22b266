package io.relook.job.registry;

import static io.relook.job.registry.RegistryFixtures.ACCOUNT;
import static io.relook.job.registry.RegistryFixtures.BOLTS_1;
import static io.relook.job.registry.RegistryFixtures.NOON;
import static io.relook.job.registry.RegistryFixtures.aCreateModel;
import static io.relook.job.registry.RegistryFixtures.aCreateProject;
import static io.relook.job.registry.RegistryFixtures.aFailure;
import static io.relook.job.registry.RegistryFixtures.aSuccess;
import static io.relook.job.registry.RegistryFixtures.anOutcome;
import static io.relook.job.registry.RegistryFixtures.command;
import static io.relook.job.registry.RegistryFixtures.file;
import static io.relook.job.registry.RegistryFixtures.modelArn;
import static io.relook.job.registry.RegistryFixtures.standing;
import static org.assertj.core.api.Assertions.assertThat;

import io.relook.job.check.QuarantineReply;
import io.relook.job.contract.Contract;
import io.relook.job.domain.OutputBucket;
import io.relook.job.domain.Request;
import io.relook.job.kafka.KafkaRecord;
import io.relook.schemas.operation.Operation;
import io.relook.wire.Command;
import io.relook.wire.CommandReply;
import io.relook.wire.CreateModel;
import io.relook.wire.CreateProject;
import io.relook.wire.CutMarker;
import io.relook.wire.ExceptionCode;
import io.relook.wire.ModelMetadata;
import io.relook.wire.ModelStatus;
import io.relook.wire.OutputConfig;
import io.relook.wire.ProjectDescription;
import io.relook.wire.ProjectMetadata;
import io.relook.wire.PromoteModel;
import io.relook.wire.ResourceType;
import io.relook.wire.S3Location;
import io.relook.wire.ServiceException;
import io.relook.wire.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private static final Duration EIGHT_HOURS = Duration.ofHours(8);

  private final InMemoryAccountState state = new InMemoryAccountState();
  private final Registry registry = new Registry(RegistryFixtures.GENEROUS);
  private long offset = 100;
  private Instant now = NOON;

  @Test
  @Contract({"PROJECT-CREATE", "ARN-PROJECT"})
  void aNewProjectIsAnsweredAndWritten() {
    String arn = "arn:aws:lookoutvision:us-east-1:123456789012:project/bolts";

    assertThat(send("r-1", aCreateProject("bolts")))
        .containsExactly(
            new RegistryEffect.Reply(
                CommandReply.newBuilder()
                    .setRequestId("r-1")
                    .setAccount(ACCOUNT)
                    .setOperation("CreateProject")
                    .setCommandTopic("relook.commands")
                    .setCommandPartition(0)
                    .setCommandOffset(100)
                    .setCommandTimestamp(NOON)
                    .setAnswer(new ProjectMetadata(arn, "bolts", NOON))
                    .build()),
            new RegistryEffect.NewProject(
                new ProjectDescription(
                    ACCOUNT, arn, "bolts", NOON, Map.of(), null, null, null, null, null, 0L)));
  }

  @Test
  @Contract("EX-CONFLICT-PROJECT")
  void aProjectThatExistsIsAConflict() {
    send("r-1", aCreateProject("bolts"));

    assertThat(error(send("r-2", aCreateProject("bolts"))))
        .isEqualTo(
            ServiceException.newBuilder()
                .setCode(ExceptionCode.ConflictException)
                .setMessage("The project bolts exists already: use it, or choose another name.")
                .setResourceId("arn:aws:lookoutvision:us-east-1:123456789012:project/bolts")
                .setResourceType(ResourceType.PROJECT)
                .build());
  }

  @Test
  @Contract("EX-NOTFOUND-PROJECT")
  void aModelNeedsItsProject() {
    assertThat(error(send("r-1", aCreateModel().build())))
        .isEqualTo(
            ServiceException.newBuilder()
                .setCode(ExceptionCode.ResourceNotFoundException)
                .setMessage(
                    "There is no project bolts: check ProjectName, or create it with"
                        + " CreateProject.")
                .setResourceId("bolts")
                .setResourceType(ResourceType.PROJECT)
                .build());
  }

  @Test
  @Contract({"MODEL-CREATE", "ARN-MODEL", "STATUS-TRAINING"})
  void aNewModelIsAnsweredWrittenAndCut() {
    send("r-1", aCreateProject("bolts"));
    CreateModel create =
        aCreateModel()
            .setDescription("line-4")
            .setKmsKeyId("alias/key")
            .setTags(List.of(new Tag("line", "4")))
            .build();
    List<RegistryEffect> effects = send("r-2", create);
    ModelMetadata model =
        ModelMetadata.newBuilder()
            .setAccount(ACCOUNT)
            .setProjectName("bolts")
            .setModelVersion("1")
            .setModelArn(BOLTS_1)
            .setCreationTimestamp(NOON)
            .setDescription("line-4")
            .setStatus(ModelStatus.TRAINING)
            .setStatusMessage("The model is being trained.")
            .setOutputConfig(create.getOutputConfig())
            .setKmsKeyId("alias/key")
            .setTags(create.getTags())
            .build();

    assertThat(reply(effects).getAnswer()).isEqualTo(model);
    assertThat(effects.subList(1, effects.size()))
        .containsExactly(
            new RegistryEffect.Model(model),
            new RegistryEffect.Cut(
                CutMarker.newBuilder()
                    .setAccount(ACCOUNT)
                    .setProject("bolts")
                    .setCutId("relook.commands-0-101")
                    .setPartition(0)
                    .setPartitions(5)
                    .setAdmittedAt(NOON)
                    .setCommand(create)
                    .setModel(model)
                    .setIncarnation("relook.commands-0-100")
                    .setSequence(201)
                    .build()));
  }

  @Test
  @Contract("MODEL-VERSION")
  void versionsCountUpWhateverBecomesOfThem() {
    send("r-1", aCreateProject("bolts"));

    assertThat(version(send("r-2", aCreateModel().build()))).isEqualTo("1");
    registry.onTrainingOutcome(state, anOutcome(1, aFailure()));
    assertThat(version(send("r-3", aCreateModel().build()))).isEqualTo("2");
    assertThat(version(send("r-4", aCreateModel().build()))).isEqualTo("3");
  }

  @Test
  @Contract("TOKEN-REPEAT")
  void theSameTokenIsAnsweredAgainAndTrainsOnce() {
    send("r-1", aCreateProject("bolts"));
    CommandReply first = reply(send("r-2", aCreateModel().setClientToken("t").build()));
    registry.onTrainingOutcome(state, anOutcome(1, aSuccess()));
    now = NOON.plusSeconds(9);
    List<RegistryEffect> again = send("r-3", aCreateModel().setClientToken("t").build());

    assertThat(again)
        .containsExactly(
            new RegistryEffect.Reply(
                CommandReply.newBuilder(first)
                    .setRequestId("r-3")
                    .setCommandOffset(102)
                    .setCommandTimestamp(now)
                    .setReplayed(true)
                    .build()));
    assertThat(first.getReplayed()).isFalse();
  }

  @Test
  @Contract("TOKEN-SAME-PARAMETERS")
  void theOrderOfTagsAndAnAbsentPrefixDoNotCount() {
    send("r-1", aCreateProject("bolts"));
    Tag line = new Tag("line", "4");
    Tag shift = new Tag("shift", "night");
    CreateModel withEmptyPrefix =
        aCreateModel()
            .setClientToken("t")
            .setOutputConfig(new OutputConfig(new S3Location("models", "")))
            .setTags(List.of(line, shift))
            .build();
    CreateModel withoutPrefix =
        aCreateModel()
            .setClientToken("t")
            .setOutputConfig(new OutputConfig(S3Location.newBuilder().setBucket("models").build()))
            .setTags(List.of(shift, line))
            .build();
    send("r-2", withEmptyPrefix);

    assertThat(reply(send("r-3", withoutPrefix)).getReplayed()).isTrue();
  }

  @Test
  @Contract("TOKEN-OTHER-PARAMETERS")
  void theSameTokenWithOtherParametersIsAConflict() {
    send("r-1", aCreateProject("bolts"));
    send("r-2", aCreateModel().setClientToken("t").build());

    assertThat(
            error(send("r-3", aCreateModel().setClientToken("t").setDescription("other").build())))
        .isEqualTo(
            ServiceException.newBuilder()
                .setCode(ExceptionCode.ConflictException)
                .setMessage(
                    "ClientToken is 't', which was used within the last 8 hours for CreateModel"
                        + " with other parameters: send a new token for a new call, or the same"
                        + " parameters to get the first answer again.")
                .setResourceId("bolts")
                .setResourceType(ResourceType.PROJECT)
                .build());
  }

  @Test
  @Contract("TOKEN-OTHER-PARAMETERS")
  void eachParameterCounts() {
    List<CreateModel> different =
        List.of(
            aCreateModel().build(),
            aCreateModel().setDescription("d").build(),
            aCreateModel().setKmsKeyId("d").build(),
            aCreateModel()
                .setOutputConfig(new OutputConfig(new S3Location("others", "relook/")))
                .build(),
            aCreateModel()
                .setOutputConfig(new OutputConfig(new S3Location("models", "other/")))
                .build(),
            aCreateModel().setTags(List.of(new Tag("a", "b"))).build(),
            aCreateModel().setTags(List.of(new Tag("a", "c"))).build(),
            aCreateModel().setTags(List.of(new Tag("a", "b"), new Tag("c", ""))).build());

    assertThat(different.stream().map(body -> Operation.of(body).fingerprint()))
        .doesNotHaveDuplicates();
  }

  @Test
  @Contract("TOKEN-8H")
  void aTokenIsForgottenAfterEightHoursOfRecordTime() {
    send("r-1", aCreateProject("bolts"));
    send("r-2", aCreateModel().setClientToken("t").build());
    now = NOON.plus(EIGHT_HOURS).minusSeconds(1);
    assertThat(reply(send("r-3", aCreateModel().setClientToken("t").build())).getReplayed())
        .isTrue();
    now = NOON.plus(EIGHT_HOURS).plusSeconds(1);

    assertThat(version(send("r-4", aCreateModel().setClientToken("t").build()))).isEqualTo("2");
  }

  @Test
  @Contract("TOKEN-8H")
  void aTokenIsForgottenAtEightHoursExactly() {
    send("r-1", aCreateProject("bolts"));
    send("r-2", aCreateModel().setClientToken("t").build());
    now = NOON.plus(EIGHT_HOURS).minusMillis(1);
    assertThat(version(send("r-3", aCreateModel().setClientToken("t").build()))).isEqualTo("1");
    now = NOON.plus(EIGHT_HOURS);

    assertThat(version(send("r-4", aCreateModel().setClientToken("t").build()))).isEqualTo("2");
  }

  @Test
  void aRepeatDoesNotLengthenTheEightHours() {
    send("r-1", aCreateProject("bolts"));
    send("r-2", aCreateModel().setClientToken("t").build());
    now = NOON.plus(Duration.ofHours(5));
    send("r-3", aCreateModel().setClientToken("t").build());
    now = NOON.plus(Duration.ofHours(9));

    assertThat(version(send("r-4", aCreateModel().setClientToken("t").build()))).isEqualTo("2");
  }

  @Test
  @Contract("TOKEN-SCOPE")
  void aTokenBelongsToOneProjectAndOneOperation() {
    CreateProject bolts =
        CreateProject.newBuilder().setProjectName("bolts").setClientToken("RunOnce").build();
    CreateProject nuts = CreateProject.newBuilder(bolts).setProjectName("nuts").build();
    send("r-1", bolts);
    send("r-2", nuts);

    assertThat(version(send("r-3", aCreateModel().setClientToken("RunOnce").build())))
        .isEqualTo("1");
    assertThat(
            version(
                send(
                    "r-4",
                    aCreateModel().setProjectName("nuts").setClientToken("RunOnce").build())))
        .isEqualTo("1");
  }

  @Test
  void anExceptionIsNotRemembered() {
    assertThat(error(send("r-1", aCreateModel().setClientToken("t").build())).getCode())
        .isEqualTo(ExceptionCode.ResourceNotFoundException);
    send("r-2", aCreateProject("bolts"));

    assertThat(version(send("r-3", aCreateModel().setClientToken("t").build()))).isEqualTo("1");
  }

  @Test
  @Contract("TOKEN-ABSENT")
  void aTokenlessCommandReadAgainAtItsOffsetTrainsOnce() {
    send("r-1", aCreateProject("bolts"));
    send(null, aCreateModel().build());
    offset--;

    assertThat(send(null, aCreateModel().build())).hasSize(1);
    assertThat(state.models).hasSize(1);
  }

  @Test
  void aTokenlessCommandAtAnotherOffsetIsANewOne() {
    send("r-1", aCreateProject("bolts"));
    send(null, aCreateModel().build());

    assertThat(version(send(null, aCreateModel().build()))).isEqualTo("2");
  }

  @Test
  @Contract("TOKEN-ABSENT")
  void aTokenlessCommandSentTwiceWithItsRequestIdTrainsOnce() {
    send("r-1", aCreateProject("bolts"));
    send("r-2", aCreateModel().build());

    assertThat(reply(send("r-2", aCreateModel().build())).getReplayed()).isTrue();
  }

  @Test
  void aTokenIsNeverMistakenForARequestId() {
    send("r-1", aCreateProject("bolts"));
    send("same", aCreateModel().build());

    assertThat(version(send("r-3", aCreateModel().setClientToken("same").build()))).isEqualTo("2");
  }

  @Test
  void aReplyBearsNothingThatItsTopicDoesNotTake() {
    String endless = "x".repeat(600_000);
    Command tooLong = new Command(endless, endless, null, NOON, new CreateProject("bolts", null));
    KafkaRecord origin = standing(offset++, now);

    CommandReply failed =
        reply(registry.handle(state, new Request(tooLong, origin, OutputBucket.ASSUMED_WRITABLE)));
    CommandReply inQuarantine = QuarantineReply.to(tooLong, origin);

    assertThat(List.of(failed, inQuarantine))
        .allSatisfy(
            reply -> {
              assertThat(reply.getRequestId()).isEqualTo(origin.place());
              assertThat(reply.getAccount()).isEqualTo("x".repeat(64) + "…");
              assertThat(reply.getError()).isNotNull();
            });
    assertThat(reply(send("", aCreateProject("bolts"))).getRequestId())
        .isEqualTo(standing(offset - 1, now).place());
    assertThat(reply(send("r".repeat(128), aCreateProject("bolts"))).getRequestId())
        .isEqualTo("r".repeat(128));
  }

  @Test
  void withoutARequestIdTheReplyNamesTheCommandsPlace() {
    assertThat(reply(send(null, aCreateProject("bolts"))).getRequestId())
        .isEqualTo("relook.commands-0-100");
    assertThat(reply(send("mine", aCreateProject("nuts"))).getRequestId()).isEqualTo("mine");
  }

  @Test
  @Contract("EX-VALIDATION")
  void aBrokenRuleIsAValidationException() {
    assertThat(error(send("r-1", aCreateProject("-bolts"))))
        .isEqualTo(
            ServiceException.newBuilder()
                .setCode(ExceptionCode.ValidationException)
                .setMessage(
                    "ProjectName is '-bolts': it may only have letters, digits, hyphens and"
                        + " underscores, beginning with a letter or digit.")
                .build());
    assertThat(state.projects).isEmpty();
  }

  @Test
  void anOperationOfALaterVersionIsAnsweredWithAnExceptionThatNamesIt() {
    assertThat(
            error(send("r-1", new PromoteModel("bolts", "1", "champion", null, null))).getMessage())
        .isEqualTo("PromoteModel is not served by this version of relook.");
  }

  @Test
  @Contract({"STATUS-TRAINED", "DESCRIBE-TRAINED"})
  void aSuccessBecomesTrained() {
    send("r-1", aCreateProject("bolts"));
    ModelMetadata training = model(send("r-2", aCreateModel().build()));

    assertThat(model(registry.onTrainingOutcome(state, anOutcome(1, aSuccess()))))
        .isEqualTo(
            ModelMetadata.newBuilder(training)
                .setStatus(ModelStatus.TRAINED)
                .setStatusMessage("Training completed successfully.")
                .setEvaluationEndTimestamp(NOON.plusSeconds(60))
                .setPerformance(aSuccess().getPerformance())
                .setEvaluationManifest(file("manifest"))
                .setEvaluationResult(file("result"))
                .setModelFile(file("model"))
                .setTrainingManifest(file("training"))
                .setReport(file("report"))
                .setProvenance(aSuccess().getProvenance())
                .build());
  }

  @Test
  @Contract("STATUS-TRAINING-FAILED")
  void aFailureBecomesTrainingFailedWithItsSentence() {
    send("r-1", aCreateProject("bolts"));
    ModelMetadata training = model(send("r-2", aCreateModel().build()));

    assertThat(model(registry.onTrainingOutcome(state, anOutcome(1, aFailure()))))
        .isEqualTo(
            ModelMetadata.newBuilder(training)
                .setStatus(ModelStatus.TRAINING_FAILED)
                .setStatusMessage("Add images, then create the model again.")
                .build());
  }

  @Test
  void onlyTheFirstEndCounts() {
    send("r-1", aCreateProject("bolts"));
    send("r-2", aCreateModel().build());
    registry.onTrainingOutcome(state, anOutcome(1, aSuccess()));

    assertThat(registry.onTrainingOutcome(state, anOutcome(1, aFailure()))).isEmpty();
    assertThat(state.model(BOLTS_1).orElseThrow().getStatus()).isEqualTo(ModelStatus.TRAINED);
  }

  @Test
  void anEndThatIsReadBeforeItsCommandWaitsForIt() {
    send("r-1", aCreateProject("bolts"));
    assertThat(registry.onTrainingOutcome(state, anOutcome(1, aSuccess()))).isEmpty();
    List<RegistryEffect> effects = send("r-2", aCreateModel().build());

    assertThat(
            effects.stream()
                .flatMap(a -> a instanceof RegistryEffect.Model m ? List.of(m).stream() : null)
                .map(m -> m.model().getStatus()))
        .containsExactly(ModelStatus.TRAINING, ModelStatus.TRAINED);
    assertThat(state.early).isEmpty();
    assertThat(state.model(modelArn(1)).orElseThrow().getStatus()).isEqualTo(ModelStatus.TRAINED);
  }

  private List<RegistryEffect> send(@Nullable String requestId, Object body) {
    return registry.handle(
        state,
        new Request(
            command(requestId, body), standing(offset++, now), OutputBucket.ASSUMED_WRITABLE));
  }

  private static CommandReply reply(List<RegistryEffect> effects) {
    return ((RegistryEffect.Reply) effects.get(0)).reply();
  }

  private static ServiceException error(List<RegistryEffect> effects) {
    assertThat(effects).hasSize(1);
    assertThat(reply(effects).getAnswer()).isNull();
    return reply(effects).getError();
  }

  private static String version(List<RegistryEffect> effects) {
    return ((ModelMetadata) reply(effects).getAnswer()).getModelVersion();
  }

  private static ModelMetadata model(List<RegistryEffect> effects) {
    return effects.stream()
        .filter(RegistryEffect.Model.class::isInstance)
        .map(effect -> ((RegistryEffect.Model) effect).model())
        .findFirst()
        .orElseThrow();
  }
}
